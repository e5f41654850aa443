package io.ergane.dataplane.signals;

import io.ergane.core.engine.MetricDialect;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An engine to watch: where it answers, in what dialect, and the slot its signals go to.
 *
 * @param slot the sink's slot
 * @param host address or name
 * @param address where to connect to when the host's name need not be looked up; null looks it up
 * @param port where requests and the model list are served
 * @param metricsPort where metrics are served
 * @param metricsPath absolute path of the metrics
 * @param modelsPath absolute path of the model list; null when the engine has none
 * @param tls whether both ports speak TLS
 * @param apiKey sent as bearer token; null sends none
 * @param dialect how its metrics are read
 */
public record Target(
    int slot,
    String host,
    @Nullable String address,
    int port,
    int metricsPort,
    String metricsPath,
    @Nullable String modelsPath,
    boolean tls,
    @Nullable String apiKey,
    MetricDialect dialect) {

  public Target {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(dialect, "dialect");
    requirePort(port);
    requirePort(metricsPort);
    requirePlain("host", host);
    requirePath(metricsPath);
    if (modelsPath != null) {
      requirePath(modelsPath);
    }
    if (apiKey != null && !isPlain(apiKey)) {
      throw new IllegalArgumentException(
          "the API key of %s:%d has blanks or control characters; use printable ASCII"
              .formatted(host, port));
    }
  }

  /** A plain-text target with the usual paths and the dialect's usual metrics port. */
  public static Target of(int slot, String host, int port, MetricDialect dialect) {
    int metricsPort =
        dialect.metricsPort() == MetricDialect.SERVING_PORT ? port : dialect.metricsPort();
    return new Target(
        slot, host, null, port, metricsPort, "/metrics", "/v1/models", false, null, dialect);
  }

  /** Connecting to an address that was found for the host; null looks it up. */
  public Target withAddress(@Nullable String found) {
    return new Target(
        slot, host, found, port, metricsPort, metricsPath, modelsPath, tls, apiKey, dialect);
  }

  /** With metrics served elsewhere on the host. */
  public Target withMetrics(int port, String path) {
    return new Target(slot, host, address, this.port, port, path, modelsPath, tls, apiKey, dialect);
  }

  /** With the model list served elsewhere, or with null nowhere. */
  public Target withModels(@Nullable String path) {
    return new Target(
        slot, host, address, port, metricsPort, metricsPath, path, tls, apiKey, dialect);
  }

  /** Over TLS. */
  public Target withTls() {
    return new Target(
        slot, host, address, port, metricsPort, metricsPath, modelsPath, true, apiKey, dialect);
  }

  /** With a bearer token. */
  public Target withApiKey(String key) {
    return new Target(
        slot, host, address, port, metricsPort, metricsPath, modelsPath, tls, key, dialect);
  }

  /** Slot, address and engine; never the key. */
  @Override
  public String toString() {
    return "%s at %s:%d (slot %d)".formatted(dialect, host, port, slot);
  }

  private static void requirePort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port is %d; it must be 1 to 65535".formatted(port));
    }
  }

  private static void requirePath(String path) {
    requirePlain("path", path);
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path is \"%s\"; it must start with /".formatted(path));
    }
  }

  private static void requirePlain(String what, String text) {
    if (text.isEmpty() || !isPlain(text)) {
      throw new IllegalArgumentException(
          "%s is \"%s\"; it must be printable ASCII without blanks".formatted(what, text));
    }
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7F);
  }
}
