package io.ergane.cli;

import io.ergane.controllers.files.Backends;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.controllers.source.Contents;
import io.ergane.controllers.source.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "up",
    description = {
      "Runs the gateway: control plane, scheduler and proxy in one process.",
      "",
      "Without -f and --backend it starts three simulated engines and example manifests to play with."
    },
    sortOptions = false)
final class UpVerb implements Callable<Integer> {
  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      arity = "1..*",
      description =
          "Manifest files or directories (ModelRoute, ModelServer, Pod), watched for changes.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--backend",
      paramLabel = "MODEL=URL[,URL…]",
      description = {
        "Engines that already run, without any manifest:",
        "--backend qwen=http://10.0.0.5:8000,http://10.0.0.6:8000"
      })
  List<String> backends = new ArrayList<>();

  @Mixin RouterOptions options = new RouterOptions();

  @Spec @org.jspecify.annotations.Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    options.check();
    boolean demo = files.isEmpty() && backends.isEmpty();
    long begun = System.nanoTime();
    try (Demo engines = demo ? Demo.start() : Demo.none()) {
      List<Source> sources = sources(engines);
      try (Router router = Router.start(options, sources, System.getenv())) {
        say(engines, router, begun);
        Running.untilSignal(router);
      }
    }
    return ExitCode.OK;
  }

  private List<Source> sources(Demo demo) {
    List<Path> paths = new ArrayList<>(files);
    paths.addAll(demo.manifests());
    List<Source> sources = new ArrayList<>();
    if (!paths.isEmpty()) {
      sources.add(new ManifestFiles(paths, FileLimits.DEFAULT));
    }
    if (!backends.isEmpty()) {
      sources.add(Source.fixed(parsed()));
    }
    return sources;
  }

  private Contents parsed() {
    try {
      return Backends.parse(backends);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void say(Demo demo, Router router, long begun) {
    new Banner(demo, router, options, files, backends, (System.nanoTime() - begun) / 1_000_000)
        .lines()
        .forEach(System.err::println);
  }
}
