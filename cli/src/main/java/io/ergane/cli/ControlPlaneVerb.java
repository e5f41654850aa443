package io.ergane.cli;

import io.ergane.controllers.admission.Webhooks;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.source.Source;
import io.ergane.xds.translate.EnvoySettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "control-plane",
    description = {
      "Compiles manifests and tells Envoys, `ergane ext-proc` and `ergane proxy` what to serve.",
      "",
      "--host, --port, --tls-cert and --tls-key are of the Envoys' listener; the files, and those of"
          + " --ext-proc-ca, --ext-proc-cert and --ext-proc-key, are read on the Envoys' machines."
    },
    sortOptions = false)
final class ControlPlaneVerb implements Callable<Integer> {
  @Mixin SourceOptions declared = new SourceOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Router configuration: plugins, weights, arguments; reloaded when it changes (default:"
              + " /etc/config/routerConfiguration.yaml when it is there).")
  @Nullable Path config;

  @Mixin WriterOptions writing = new WriterOptions();

  @Mixin ControlPlaneOptions nodes = new ControlPlaneOptions();

  @Mixin EnvoyListenerOptions listener = new EnvoyListenerOptions();

  @Mixin PageOptions pages = new PageOptions();

  @Mixin WebhookOptions webhook = new WebhookOptions();

  @Override
  public Integer call() throws InterruptedException {
    if (declared.isEmpty()) {
      throw UserError.ofCommandLine(
          "nothing declares routes. Name manifests with -f, engines with --backend, or a cluster with"
              + " --kubeconfig.");
    }
    nodes.check();
    writing.check();
    listener.check();
    pages.check();
    webhook.check(declared.namesCluster());
    Accepted.file("--config", config);
    EnvoySettings envoy =
        listener.settings(nodes.schedulers(), nodes.schedulerTls()).withFailOpen(nodes.failOpen);
    WebhookPlan plan = webhook.plan();
    try (Cluster cluster = declared.cluster();
        Webhooks _ = plan == null ? null : plan.start(cluster, System.getenv());
        ControlPlaneProcess process =
            ControlPlaneProcess.start(
                images(cluster), nodes.settings(), envoy, pages, System.getenv())) {
      Notice.of(
              "Ergane's control plane is up.",
              List.of(
                  "xDS", "%s:%d".formatted(nodes.xdsHost, process.port()),
                  "image", process.rollout().told().image().hash(),
                  "admin", "http://127.0.0.1:%d".formatted(process.pages().admin().port()),
                  "metrics",
                      "http://127.0.0.1:%d/metrics".formatted(process.pages().metrics().port()),
                  "nodes", "`ergane xds status` lists them"))
          .print();
      Running.untilSignal(process);
    }
    return ExitCode.OK;
  }

  private FileImages images(@Nullable Cluster cluster) {
    List<Source> sources = declared.sources(List.of(), cluster);
    return new FileImages(sources, config, declared.writers(cluster, sources, writing));
  }
}
