package io.ergane.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the Envoy that {@code ergane up --envoy} runs. */
final class EnvoyBinary {
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
}
