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
  API_SERVER("the Kubernetes API server", "KUBEBUILDER_ASSETS", "kube-apiserver"),

  /** The controllers of Kubernetes, such as its garbage collector. */
  CONTROLLER_MANAGER(
      "the Kubernetes controller manager", "KUBEBUILDER_ASSETS", "kube-controller-manager"),

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
    if (named != null && !named.isBlank()) {
      Path path = Path.of(named);
      return Optional.of(ofKubernetes() ? path.resolve(programs) : path).filter(Part::isProgram);
    }
    return Stream.concat(path(environment), installed())
        .flatMap(folder -> Stream.of(programs.split(" ")).map(folder::resolve))
        .filter(Part::isProgram)
        .findFirst();
  }

  /** Why a test that needs this part cannot run, and what to do about it. */
  String missing() {
    String need = "needs %s: no %s ".formatted(title, programs.replace(" ", " or "));
    return ofKubernetes()
        ? need
            + "in the folder that KUBEBUILDER_ASSETS names, on the PATH or in .ergane/kubernetes. Set the"
            + " variable, or install Go and run ./dev kubernetes, which builds it."
        : need + "on the PATH. Install it, or set %s to the program.".formatted(variable);
  }

  private boolean ofKubernetes() {
    return this == API_SERVER || this == CONTROLLER_MANAGER;
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /**
   * Where {@code ./dev} keeps what it installed or built, seen from any of the project's folders.
   */
  private Stream<Path> installed() {
    Stream<Path> homes =
        Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
            .map(folder -> folder.resolve(".ergane"));
    return switch (this) {
      case ENVOY ->
          homes
              .flatMap(home -> Stream.of(home.resolve("envoy"), home.resolve("venv")))
              .flatMap(environment -> packages(environment.resolve("lib")))
              .map(python -> python.resolve("site-packages/envoy/_bin"));
      case API_SERVER, CONTROLLER_MANAGER -> homes.map(home -> home.resolve("kubernetes"));
      case REDIS, BROWSER, PYTHON, CURL -> Stream.empty();
    };
  }

  private static Stream<Path> packages(Path lib) {
    try (DirectoryStream<Path> pythons = Files.newDirectoryStream(lib, "python3*")) {
      return StreamSupport.stream(pythons.spliterator(), false).toList().stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  private static Stream<Path> path(Function<String, @Nullable String> environment) {
    String path = environment.apply("PATH");
    return path == null
        ? Stream.empty()
        : Stream.of(path.split(File.pathSeparator, -1))
            .filter(folder -> !folder.isBlank())
            .map(Path::of);
  }
}
