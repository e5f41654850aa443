package io.ergane.xds.translate;

import io.ergane.core.routing.HostPort;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of Envoy's configuration is not declared by users' resources.
 *
 * @param failOpen with exactly one pool, requests go to any of its engines while the scheduler does
 *     not answer; with more they are refused all the same, since the pool would be a guess
 * @param kthenaErrors errors are bare JSON strings
 */
public record EnvoySettings(
    Listener listener,
    Scheduler scheduler,
    Body body,
    Timeouts timeouts,
    Limits limits,
    Engines engines,
    boolean failOpen,
    boolean kthenaErrors) {

  public static final EnvoySettings DEFAULT =
      new EnvoySettings(
          new Listener("0.0.0.0", 8080, null),
          new Scheduler(
              List.of(new HostPort("127.0.0.1", 9002)),
              null,
              Duration.ofSeconds(5),
              Duration.ofMillis(100)),
          new Body(32 << 20, 0),
          Timeouts.DEFAULT,
          Limits.DEFAULT,
          new Engines(Duration.ofSeconds(2), Duration.ofSeconds(4), "", true),
          false,
          false);

  /**
   * Where clients connect.
   *
   * @param tls null for plaintext
   */
  public record Listener(String host, int port, @Nullable Identity tls) {}

  /**
   * Files on Envoy's machine, PEM.
   *
   * @param certificate chain
   * @param key PKCS#8 or PKCS#1
   */
  public record Identity(String certificate, String key) {}

  /**
   * How Envoy calls servers of ours over TLS.
   *
   * @param authority PEM file of the certificates that a server's must lead to
   * @param names DNS names and IP addresses; a server's certificate must be for one of them
   * @param identity Envoy's own; null where the servers do not ask
   */
  public record ClientTls(String authority, List<String> names, @Nullable Identity identity) {
    public ClientTls {
      names = List.copyOf(names);
      if (names.isEmpty()) {
        throw new IllegalArgumentException(
            "no name to look for in a server's certificate; without one any server of the authority would be trusted");
      }
    }
  }

  /**
   * The servers that decide.
   *
   * @param tls null for plaintext
   * @param timeout for the answer to one message; at least the longest that a request may be held.
   *     For long bodies schedulers ask for more, which they get as far as {@link Timeouts#upload}
   * @param logInterval the longest that an access log entry waits in Envoy
   */
  public record Scheduler(
      List<HostPort> addresses, @Nullable ClientTls tls, Duration timeout, Duration logInterval) {
    public Scheduler {
      addresses = addresses.stream().distinct().toList();
    }
  }

  /**
   * What of request bodies the scheduler is sent.
   *
   * @param maxBytes a larger body is refused with 413; the scheduler must take messages of that
   *     size and 64 KiB more
   * @param prefixAbove of a body whose content-length is above this many bytes only about as many
   *     are sent, at the price of chunked reading in the scheduler; 0 sends every body whole
   */
  public record Body(int maxBytes, int prefixAbove) {
    public Body {
      if (maxBytes < 1 || prefixAbove < 0 || (prefixAbove > 0 && prefixAbove < 16 << 10)) {
        throw new IllegalArgumentException(
            "body limit %d, prefix %d; accepted are a limit of 1 or more and a prefix of 0 or 16384 and more"
                .formatted(maxBytes, prefixAbove));
      }
    }

    boolean cutsLong() {
      return prefixAbove > 0 && prefixAbove < maxBytes;
    }
  }

  /**
   * How long to wait.
   *
   * @param header for a request's head
   * @param upload for a whole request
   * @param stall for either side to send anything, before an answer and within it
   * @param idle between two requests of a client's connection
   */
  public record Timeouts(Duration header, Duration upload, Duration stall, Duration idle) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(180));
  }

  /**
   * Bounds.
   *
   * @param concurrent requests, connections and waiting requests of one cluster at a time; Envoy's
   *     own 1024 would be the number of generations that run at once
   * @param retries that run at a time in one cluster
   * @param buffer bytes held for a connection whose other side is slow
   * @param header bytes of a request's head, rounded up to KiB
   * @param headers lines of a request's head
   * @param event longest streamed event that is looked into for usage
   */
  public record Limits(
      int concurrent, int retries, int buffer, int header, int headers, int event) {
    public static final Limits DEFAULT =
        new Limits(100_000, 10_000, 1 << 20, 64 << 10, 128, 256 << 10);
  }

  /**
   * How engines are called.
   *
   * @param idle time that an unused connection is kept; below the 5 s after which vLLM's and
   *     SGLang's HTTP server closes it
   * @param authorities PEM file on Envoy's machine that engines' certificates must lead to; empty
   *     for the machine's own list
   * @param verifyCertificates whether TLS endpoints must present a trusted certificate for their
   *     address
   */
  public record Engines(
      Duration connect, Duration idle, String authorities, boolean verifyCertificates) {}

  public EnvoySettings withListener(Listener value) {
    return new EnvoySettings(
        value, scheduler, body, timeouts, limits, engines, failOpen, kthenaErrors);
  }

  public EnvoySettings withScheduler(Scheduler value) {
    return new EnvoySettings(
        listener, value, body, timeouts, limits, engines, failOpen, kthenaErrors);
  }

  public EnvoySettings withBody(Body value) {
    return new EnvoySettings(
        listener, scheduler, value, timeouts, limits, engines, failOpen, kthenaErrors);
  }

  public EnvoySettings withTimeouts(Timeouts value) {
    return new EnvoySettings(
        listener, scheduler, body, value, limits, engines, failOpen, kthenaErrors);
  }

  public EnvoySettings withLimits(Limits value) {
    return new EnvoySettings(
        listener, scheduler, body, timeouts, value, engines, failOpen, kthenaErrors);
  }

  public EnvoySettings withEngines(Engines value) {
    return new EnvoySettings(
        listener, scheduler, body, timeouts, limits, value, failOpen, kthenaErrors);
  }

  public EnvoySettings withFailOpen(boolean value) {
    return new EnvoySettings(
        listener, scheduler, body, timeouts, limits, engines, value, kthenaErrors);
  }

  public EnvoySettings withKthenaErrors(boolean value) {
    return new EnvoySettings(listener, scheduler, body, timeouts, limits, engines, failOpen, value);
  }
}
