package io.ergane.cli;

import io.ergane.xds.translate.EnvoyVersion;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Finds the Envoy that {@code ergane up --envoy} runs, and asks whether it is one. */
final class EnvoyBinary {
  /** What is read of an answer; a version is far shorter. */
  private static final int VERSION_BYTES = 4_096;

  private EnvoyBinary() {}

  /**
   * The one that is named, else that of {@code ENVOY_BIN}, of the {@code PATH}, or of Ergane's own
   * folder, where it is installed when it is missing.
   *
   * @param named by the option; empty for none
   * @throws UserError when what is named is no program, or the installation fails
   */
  static Path find(String named, Map<String, String> environment) throws InterruptedException {
    if (!named.isEmpty()) {
      return program("--envoy", named);
    }
    String variable = environment.getOrDefault("ENVOY_BIN", "");
    if (!variable.isBlank()) {
      return program("ENVOY_BIN", variable.strip());
    }
    Path found = onPath(environment.getOrDefault("PATH", ""));
    return found == null ? EnvoyInstallation.ofUser(environment).orInstall() : found;
  }

  private static Path program(String what, String name) {
    Path path = Path.of(name);
    if (Files.isDirectory(path) || !Files.isExecutable(path)) {
      String problem =
          Files.isDirectory(path)
              ? "is a folder"
              : Files.exists(path) ? "is not executable" : "does not exist";
      throw new UserError(
          "%s is %s, which %s. Name the Envoy program itself; %s."
              .formatted(
                  what,
                  name,
                  problem,
                  what.equals("--envoy")
                      ? "--envoy alone looks for one, and installs it when there is none"
                      : "without the variable one is looked for, and installed when there is none"));
    }
    return path.toAbsolutePath();
  }

  private static @Nullable Path onPath(String path) {
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, "envoy");
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return file.toAbsolutePath();
      }
    }
    return null;
  }

  /**
   * Asks the program for its version.
   *
   * @param patience that the answer may take
   * @throws UserError when the program is no Envoy of a supported release
   */
  static void requireSupported(Path program, Duration patience) throws InterruptedException {
    EnvoyVersion version = EnvoyVersion.parse(versionText(program, patience).strip());
    if (version == null) {
      throw unusable(program, "`%s --version` prints no version of Envoy".formatted(program));
    }
    String refusal = version.refusal();
    if (refusal != null) {
      throw new UserError("%s cannot be used. %s".formatted(program, refusal));
    }
  }

  private static String versionText(Path program, Duration patience) throws InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
    } catch (IOException e) {
      throw unusable(program, "it cannot be run (%s)".formatted(e.getMessage()));
    }
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> read(process, answer));
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      throw unusable(
          program,
          "`%s --version` did not answer within %d s".formatted(program, patience.toSeconds()));
    } catch (ExecutionException e) {
      throw unusable(program, "its answer cannot be read (%s)".formatted(e.getCause()));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void read(Process process, CompletableFuture<String> answer) {
    try {
      byte[] text = process.getInputStream().readNBytes(VERSION_BYTES);
      answer.complete(new String(text, StandardCharsets.UTF_8));
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }

  private static UserError unusable(Path program, String problem) {
    EnvoyVersion newest = EnvoyVersion.NEWEST;
    return new UserError(
        "%s cannot be used: %s. Name an Envoy %d.%d with --envoy=PATH."
            .formatted(program, problem, newest.major(), newest.minor()));
  }
}
