package io.ergane.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program outside the JVM that some tests drive. A variable of the environment names it; else it
 * is looked for.
 */
public enum Part {
  /** Envoy, the binary itself. */
  ENVOY("Envoy", "ERGANE_ENVOY", "envoy"),

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
    return folders(environment)
        .flatMap(folder -> Stream.of(programs.split(" ")).map(folder::resolve))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** Why a test that needs this part cannot run, and what to do about it. */
  String missing() {
    return "needs %s: no %s on the PATH. Install it, or set %s to the program."
        .formatted(title, programs.replace(" ", " or "), variable);
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
