package io.ergane.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs of kubectl. */
public final class Kubectl {
  private static final int SECONDS = 60;

  private Kubectl() {}

  /**
   * How a command ended.
   *
   * @param exit 0 when all went well
   */
  public record Said(int exit, String output, String error) {}

  static Said run(List<String> command, Path folder, String input) {
    Path output = file(folder, ".out");
    Path error = file(folder, ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(error.toFile())
              .start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        process.destroy();
      }
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " has not ended in " + SECONDS + " s");
      }
      Said said = new Said(process.exitValue(), Files.readString(output), Files.readString(error));
      Files.delete(output);
      Files.delete(error);
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while kubectl runs", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(Path folder, String end) {
    try {
      return Files.createTempFile(folder, "kubectl-", end);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
