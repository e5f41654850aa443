package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.CommandLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An {@code ergane control-plane} on the API server of this JVM while the tests of a class run,
 * with the rights that {@code deploy/} gives to it. It must never ask for others.
 */
final class RunningControlPlane implements BeforeAllCallback, AfterAllCallback {
  private final List<String> options;
  private @Nullable Path folder;
  private @Nullable CommandLine process;

  RunningControlPlane(String... options) {
    this.options = List.of(options);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("ergane-control-plane-");
    start();
  }

  /** Starts it; returns when it is up. */
  void start() {
    List<String> all = new ArrayList<>(options);
    // What a killed one holds would keep the next one waiting for its lease's end.
    all.add("--leader-elect=false");
    try {
      process = start(folder(), all.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one that nobody ends but the caller; returns when it is up. */
  static CommandLine start(Path folder, String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "control-plane",
                "--kubeconfig=" + Installation.account(),
                "--xds-host=127.0.0.1",
                "--xds-port=0",
                "--debug-port=0",
                "--metrics-port=0"));
    arguments.addAll(List.of(options));
    CommandLine started =
        CommandLine.start(folder, Installation.environment(), arguments.toArray(String[]::new));
    try {
      var _ = started.awaitErr("control plane is up");
      return started;
    } catch (RuntimeException | Error e) {
      started.close();
      throw e;
    }
  }

  /** Ends it as {@code kill -9} does. */
  void kill() {
    if (process != null) process.close();
  }

  private Path folder() {
    if (folder == null) throw new IllegalStateException("not started");
    return folder;
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (process != null && context.getExecutionException().isPresent()) System.out.println(process);
    kill();
    try (var files = Files.walk(folder())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
    assertThat(Access.refused()).as("rights that deploy/rbac.yaml lacks").isEmpty();
  }
}
