package io.ergane.cli;

import io.ergane.dataplane.decision.Surface;
import io.ergane.proxy.ProxySettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every process that decides where requests go. */
final class SchedulingOptions {
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

  void check() {
    Accepted.range("--threads", threads, 0, 1024);
    Accepted.range("--max-in-flight", maxInFlight, 1, Integer.MAX_VALUE);
    Accepted.bodyBytes("--max-body-bytes", maxBodyBytes);
    Accepted.range("--decisions", decisions, 0, 1 << 16);
  }

  /** The seed given, or one drawn. */
  long seedOrDrawn() {
    return seed == null ? ThreadLocalRandom.current().nextLong() : seed;
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

  /**
   * What clients see of a process that decides.
   *
   * @param ready whether it says it is
   * @param exposeMetrics whether clients' listener serves {@code /metrics} too
   */
  Surface surface(BooleanSupplier ready, boolean exposeMetrics, Instruments instruments) {
    return new Surface(
        kthenaErrors,
        ready,
        exposeMetrics
            ? () -> instruments.registry().scrape().getBytes(StandardCharsets.UTF_8)
            : null);
  }
}
