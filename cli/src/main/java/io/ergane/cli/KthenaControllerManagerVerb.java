package io.ergane.cli;

import io.ergane.api.ObjectName;
import io.ergane.controllers.admission.Webhooks;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.LeaderGate;
import io.ergane.controllers.kubernetes.Workqueue.Pace;
import io.ergane.controllers.serving.DataPlanes;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.dataplane.admin.DebugPages;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "kthena-controller-manager",
    description = {
      "Stands in for Kthena's controller manager: its flags, variables, files, ports and rights.",
      "",
      "Brings the cluster's workload objects to what they declare, and checks them for the API server.",
      "Taken without effect: --autoscaling-sync-period-seconds, -v and the other klog flags (see"
          + " ERGANE_LOG_LEVEL)."
    },
    sortOptions = false)
final class KthenaControllerManagerVerb implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(KthenaControllerManagerVerb.class);

  /** Kthena's, so that one of both works at a time while one replaces the other. */
  private static final String LEASE = "lease.kthena.controller-manager";

  @Mixin KubernetesOptions kubernetes = new KubernetesOptions();

  @Mixin ManagerWebhookOptions webhook = new ManagerWebhookOptions();

  @Option(
      names = "--leader-elect",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Of several processes only one works at a time (default: false).")
  boolean elect;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Objects that a controller works on at a time (default ${DEFAULT-VALUE}).")
  int workers = 5;

  @Option(
      names = "--controllers",
      paramLabel = "NAME[,NAME…]",
      description =
          "Which run: modelserving, modelbooster, autoscaler; -NAME leaves one out (default: *).")
  String controllers = "*";

  @Option(
      names = "--debug-port",
      paramLabel = "PORT",
      description = "On loopback: /debug/modelserving/cache and /metrics; 0 for none (default).")
  int debugPort;

  @Option(names = "--autoscaling-sync-period-seconds", hidden = true)
  int syncPeriod = 15;

  @Mixin UnservedOptions unserved = new UnservedOptions();

  @Override
  public Integer call() throws InterruptedException {
    unserved.check();
    webhook.check();
    Accepted.range("--workers", workers, 1, 1000);
    Set<String> chosen = ControllerChoice.of(controllers);
    Accepted.port("--debug-port", debugPort);
    if (syncPeriod != 15) {
      LOG.warn("--autoscaling-sync-period-seconds has no effect in this version.");
    }
    Map<String, String> environment = System.getenv();
    WebhookPlan plan = webhook.plan();
    try (Cluster cluster = kubernetes.open();
        Webhooks webhooks = plan == null ? null : plan.start(cluster, environment);
        Parts parts = new Parts();
        LeaderGate gate =
            gate(
                cluster, controllers(cluster, chosen, parts), WebhookPlan.namespace(environment))) {
      Notice.of(
              "Ergane stands in for Kthena's controller manager.",
              List.of(
                  "cluster", cluster.url(),
                  "controllers", WorkloadControllers.running(chosen),
                  "webhooks", webhooks == null ? "off" : "port " + webhooks.port()))
          .print();
      Running.untilSignal(new Open(gate, webhooks));
    }
    return ExitCode.OK;
  }

  /** Pods are deleted without being drained: routers of Kthena's kind do not say what they run. */
  private WorkloadControllers controllers(Cluster cluster, Set<String> chosen, Parts parts) {
    PrometheusMeterRegistry registry = Instruments.jvmMetrics();
    cluster.measure(registry);
    WorkloadControllers controllers =
        new WorkloadControllers(
            cluster, chosen, Pace.DEFAULT.withWorkers(workers), DataPlanes.NONE, registry);
    if (debugPort != 0) {
      Map<String, AdminServer.Page> pages = new TreeMap<>(controllers.pages());
      pages.put("/metrics", DebugPages.metricsPage(registry::scrape));
      parts.opened(Pages.admin(debugPort, pages));
    }
    return controllers;
  }

  private LeaderGate gate(Cluster cluster, WorkloadControllers controllers, String namespace) {
    if (!elect) {
      return LeaderGate.alone(cluster, controllers::start);
    }
    return LeaderGate.elected(
        cluster,
        new ObjectName(namespace, LEASE),
        hostName() + "_" + UUID.randomUUID(),
        LeaderGate.Terms.DEFAULT,
        controllers::start);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** What has to end in order: the work first, then the answers to the API server. */
  private record Open(LeaderGate gate, @Nullable Webhooks webhooks) implements Running {
    @Override
    public int inFlight() {
      return 0;
    }

    @Override
    public void drain() {
      close();
    }

    @Override
    public void close() {
      gate.close();
      if (webhooks != null) {
        webhooks.close();
      }
    }
  }
}
