package io.ergane.cli;

import io.ergane.controllers.admission.Webhooks;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.KubernetesSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "kthena-router",
    description = {
      "Stands in for Kthena's router: its flags, variables, files, ports and rights.",
      "",
      "Serves the routes and pods of the cluster it runs in, or of --kubeconfig, and checks routing"
          + " objects for the API server.",
      "Taken without effect: -v and the other klog flags (see ERGANE_LOG_LEVEL). Refused:"
          + " --enable-gateway-api, --enable-gateway-api-inference-extension."
    },
    sortOptions = false)
final class KthenaRouterVerb implements Callable<Integer> {
  @Mixin ListenerOptions listener = new ListenerOptions();

  @Mixin PageOptions pages = new PageOptions();

  @Mixin RouterWebhookOptions webhook = new RouterWebhookOptions();

  @Mixin KubernetesOptions kubernetes = new KubernetesOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Router configuration (default: /etc/config/routerConfiguration.yaml when it is there).")
  @Nullable Path config;

  @Mixin SchedulingOptions scheduling = new SchedulingOptions();

  @Mixin UnservedOptions unserved = new UnservedOptions();

  @Override
  public Integer call() throws InterruptedException {
    unserved.check();
    listener.check();
    pages.check();
    webhook.check();
    scheduling.check();
    Accepted.file("--config", config);
    Map<String, String> environment = System.getenv();
    RouterOptions.warnOfUnused(environment);
    WebhookPlan plan = webhook.plan();
    try (Cluster cluster = kubernetes.open();
        Webhooks webhooks = plan == null ? null : plan.start(cluster, environment);
        Router router =
            Router.start(
                new FileImages(List.of(new KubernetesSource(cluster)), config).unawaited(),
                listener,
                pages,
                scheduling,
                environment)) {
      String scheme = listener.tlsCert == null ? "http" : "https";
      Notice.of(
              "Ergane stands in for Kthena's router.",
              List.of(
                  "OpenAI API", "%s://127.0.0.1:%d/v1".formatted(scheme, router.port()),
                  "cluster", cluster.url(),
                  "webhooks", webhooks == null ? "off" : "port " + webhooks.port(),
                  "admin", "http://127.0.0.1:%d".formatted(router.adminPort()),
                  "metrics", "http://127.0.0.1:%d/metrics".formatted(router.metricsPort())))
          .print();
      Running.untilSignal(router);
    }
    return ExitCode.OK;
  }
}
