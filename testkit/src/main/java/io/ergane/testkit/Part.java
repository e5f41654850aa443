package io.ergane.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A program outside the JVM that some tests drive. A variable of the environment names it; else it
 * is looked for.
 */
public enum Part {
  /** Envoy, the binary itself; {@code ./dev check} installs one below {@code .ergane}. */
  ENVOY("Envoy", "ENVOY_BIN", "envoy"),

  /** A Redis server. */
  REDIS("Redis", "ERGANE_REDIS", "redis-server valkey-server"),

  /** The Kubernetes API server; {@code etcd} and {@code kubectl} lie beside it. */
  API_SERVER("the Kubernetes API server", "ERGANE_KUBE_APISERVER", "kube-apiserver"),

  /** A browser that runs without a screen. */
  BROWSER("a browser", "ERGANE_BROWSER", "chromium chromium-browser google-chrome"),

  /** Python 3.10 or newer. */
  PYTHON("Python", "ERGANE_PYTHON", "python3"),

  /** curl. */
  CURL("curl", "ERGANE_CURL", "curl");

  private final String title;
  private final String variable;

  /** What the program may be called, separated by spaces. */
  private final String programs;

  Part(String title, String variable, String programs) {
    this.title = title;
    this.variable = variable;
    this.programs = programs;
  }

  /** The program of this part on this machine, if there is one. */
  public Optional<Path> locate() {
    return locate(System::getenv);
  }

  Optional<Path> locate(Function<String, @Nullable String> environment) {
    String named = environment.apply(variable);
    if (named != null) return Optional.of(Path.of(named)).filter(Files::isExecutable);
    return Stream.concat(folders(environment), this == ENVOY ? installed() : Stream.empty())
        .flatMap(folder -> Stream.of(programs.split(" ")).map(folder::resolve))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** Why a test that needs this part cannot run, and what to do about it. */
  String missing() {
    return "needs %s: no %s on the PATH. Install it, or set %s to the program."
        .formatted(title, programs.replace(" ", " or "), variable);
  }

  /** Where the project keeps the Python package that holds Envoy, seen from any of its folders. */
  private static Stream<Path> installed() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .flatMap(
            folder -> Stream.of(folder.resolve(".ergane/envoy"), folder.resolve(".ergane/venv")))
        .flatMap(environment -> packages(environment.resolve("lib")))
        .map(python -> python.resolve("site-packages/envoy/_bin"));
  }

  private static Stream<Path> packages(Path lib) {
    try (DirectoryStream<Path> pythons = Files.newDirectoryStream(lib, "python3*")) {
      return StreamSupport.stream(pythons.spliterator(), false).toList().stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  private static Stream<Path> folders(Function<String, @Nullable String> environment) {
    String assets = environment.apply("KUBEBUILDER_ASSETS");
    String path = environment.apply("PATH");
    return Stream.concat(
            Stream.ofNullable(assets),
            path == null ? Stream.empty() : Stream.of(path.split(File.pathSeparator, -1)))
        .filter(folder -> !folder.isBlank())
        .map(Path::of);
  }
}
