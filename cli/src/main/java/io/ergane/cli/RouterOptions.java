package io.ergane.cli;

import io.ergane.api.GoDuration;
import io.ergane.proxy.ProxySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every verb that runs the router: Kthena's flags and variables, and our own. */
public final class RouterOptions {
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--port",
      defaultValue = "8080",
      paramLabel = "PORT",
      description = "OpenAI API (default ${DEFAULT-VALUE}; 0: any free one).")
  int port;

  @Option(
      names = "--host",
      defaultValue = "0.0.0.0",
      paramLabel = "ADDRESS",
      description = "Address of the OpenAI API (default ${DEFAULT-VALUE}).")
  String host = "0.0.0.0";

  @Option(
      names = "--debug-port",
      defaultValue = "15000",
      paramLabel = "PORT",
      description = "Admin port on loopback: metrics, debug (default ${DEFAULT-VALUE}).")
  int debugPort;

  @Option(
      names = "--metrics-port",
      defaultValue = "9090",
      paramLabel = "PORT",
      description = "Prometheus metrics on all addresses (default ${DEFAULT-VALUE}).")
  int metricsPort;

  @Option(
      names = "--expose-metrics-on-router-port",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Also serve /metrics on the OpenAI API's port.")
  boolean exposeMetrics;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM certificate chain of the OpenAI API; with --tls-key.")
  @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM private key, PKCS#8.")
  @Nullable Path tlsKey;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Router configuration: plugins, weights, arguments; reloaded when it changes (default:"
              + " /etc/config/routerConfiguration.yaml when it is there).")
  @Nullable Path config;

  @Option(
      names = "--kthena-errors",
      description = "Errors as Kthena's bare JSON strings instead of OpenAI's error objects.")
  boolean kthenaErrors;

  @Option(
      names = "--engine-key-file",
      paramLabel = "FILE",
      description = "File with the bearer token that engines want; clients' own are not forwarded.")
  @Nullable Path engineKeyFile;

  @Option(
      names = "--threads",
      defaultValue = "0",
      paramLabel = "N",
      description = "Event loops (default: one a processor).")
  int threads;

  @Option(
      names = "--max-in-flight",
      paramLabel = "N",
      description = "Requests served at one time; more are answered 503 (default 8192).")
  int maxInFlight = ProxySettings.Limits.DEFAULT.maxInFlight();

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Connections of clients (default 16384).")
  int maxConnections = ProxySettings.Limits.DEFAULT.maxConnections();

  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      description = "Longest request body; longer ones are answered 413 (default 33554432).")
  int maxBodyBytes = ProxySettings.Limits.DEFAULT.maxBodyBytes();

  @Option(
      names = "--decisions",
      defaultValue = "256",
      paramLabel = "N",
      description = "Explained decisions kept for `ergane explain` (default ${DEFAULT-VALUE}).")
  int decisions;

  @Option(names = "--seed", hidden = true, description = "Makes random choices repeatable.")
  @Nullable Long seed;

  @Mixin KthenaOptions kthena = new KthenaOptions();

  RouterOptions() {}

  /**
   * Reads options written as on the command line, such as {@code --port=0}.
   *
   * @throws picocli.CommandLine.ParameterException naming the one that is not understood
   */
  public static RouterOptions parse(String... arguments) {
    return CommandLine.populateCommand(new RouterOptions(), arguments);
  }

  /**
   * Refuses what would otherwise look served.
   *
   * @throws UserError naming the option
   */
  void check() {
    kthena.check();
    if ((tlsCert == null) != (tlsKey == null)) {
      throw new UserError(
          "only one of --tls-cert and --tls-key was given. Give both, or neither for plain HTTP.");
    }
    requireFile("--tls-cert", tlsCert);
    requireFile("--tls-key", tlsKey);
    requireFile("--config", config);
    require("--port", port, 0, MAX_PORT);
    require("--debug-port", debugPort, 0, MAX_PORT);
    require("--metrics-port", metricsPort, 0, MAX_PORT);
    require("--threads", threads, 0, 1024);
    require("--max-in-flight", maxInFlight, 1, Integer.MAX_VALUE);
    require("--max-connections", maxConnections, 1, Integer.MAX_VALUE);
    require("--max-body-bytes", maxBodyBytes, 1, Integer.MAX_VALUE);
    require("--decisions", decisions, 0, 1 << 16);
  }

  /** Says which of Kthena's variables ask for what this version does not do. */
  static void warnOfUnused(Map<String, String> environment) {
    for (String name :
        new String[] {"ENABLE_FAIRNESS_SCHEDULING", "ENABLE_SESSION_BOOST", "REDIS_HOST"}) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty() && !value.equalsIgnoreCase("false")) {
        org.slf4j.LoggerFactory.getLogger(RouterOptions.class)
            .warn(
                "{} is '{}', which has no effect: this version does not do that yet", name, value);
      }
    }
  }

  private static void require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      String accepted = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
      throw new UserError("%s is %d; %s is accepted.".formatted(option, value, accepted));
    }
  }

  private static void requireFile(String option, @Nullable Path file) {
    if (file != null && !Files.isReadable(file)) {
      throw new UserError(
          "%s is %s, which %s. Name a file that can be read."
              .formatted(option, file, Files.exists(file) ? "cannot be read" : "does not exist"));
    }
  }

  /** The engines' key, from the file or from {@code ERGANE_ENGINE_KEY}; null for none. */
  @Nullable String engineKey(Map<String, String> environment) {
    if (engineKeyFile == null) {
      String key = environment.get("ERGANE_ENGINE_KEY");
      return key == null || key.isBlank() ? null : key.strip();
    }
    try {
      return Files.readString(engineKeyFile).strip();
    } catch (IOException e) {
      throw new UserError(
          "--engine-key-file is %s, which cannot be read. Name a file with the key as its only text."
              .formatted(engineKeyFile));
    }
  }

  /** Time between readiness turning false and the end of accepting; none at a terminal. */
  @SuppressWarnings("SystemConsoleNull")
  Duration lameDuck(Map<String, String> environment) {
    Duration usual = ProxySettings.Timeouts.DEFAULT.lameDuck();
    java.io.Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    return duration(environment, "ERGANE_LAME_DUCK", terminal ? Duration.ofMillis(1) : usual);
  }

  /** A positive Go duration of the environment; anything else gives the default, as in Kthena. */
  static Duration duration(Map<String, String> environment, String name, Duration fallback) {
    String text = environment.get(name);
    if (text == null || text.isBlank()) {
      return fallback;
    }
    try {
      Duration value = GoDuration.parse(text.strip());
      if (value.isPositive()) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      // Said below, with the durations that are not above zero.
    }
    org.slf4j.LoggerFactory.getLogger(RouterOptions.class)
        .warn(
            "{} is '{}'; a duration above 0 such as 30s or 5m is accepted; {} is used",
            name,
            text,
            GoDuration.print(fallback));
    return fallback;
  }
}
