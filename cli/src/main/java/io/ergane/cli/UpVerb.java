package io.ergane.cli;

import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.source.Source;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "up",
    description = {
      "Runs the gateway: control plane, scheduler and proxy in one process.",
      "",
      "Without -f, --backend and --kubeconfig it starts three simulated engines and example"
          + " manifests to play with.",
      "With --envoy, an Envoy stands in the proxy's place."
    },
    sortOptions = false)
final class UpVerb implements Callable<Integer> {
  @Mixin SourceOptions declared = new SourceOptions();

  @Mixin WriterOptions writing = new WriterOptions();

  @Mixin EnvoyOptions envoy = new EnvoyOptions();

  @Mixin RouterOptions options = new RouterOptions();

  @Override
  public Integer call() throws InterruptedException {
    declared.check();
    options.check();
    envoy.check(options);
    writing.check();
    long begun = System.nanoTime();
    PortCheck.requireFree(options);
    try (Demo engines =
            declared.isEmpty() ? Demo.start(OwnFolder.of(System.getenv())) : Demo.none();
        Cluster cluster = declared.cluster()) {
      List<Source> sources = declared.sources(engines.manifests(), cluster);
      try (Gateway gateway =
          start(sources, declared.writers(cluster, sources, writing), System.getenv())) {
        say(engines, gateway, begun);
        Running.untilSignal(gateway);
      }
    }
    return ExitCode.OK;
  }

  private Gateway start(
      List<Source> sources, @Nullable ClusterWriters writers, Map<String, String> environment)
      throws InterruptedException {
    return envoy.wanted()
        ? EnvoyGateway.start(options, envoy, sources, writers, environment)
        : Router.start(options, sources, writers, environment);
  }

  private void say(Demo demo, Gateway gateway, long begun) {
    long millis = (System.nanoTime() - begun) / 1_000_000;
    new Banner(demo, gateway, options, declared, millis).lines().forEach(System.err::println);
  }
}
