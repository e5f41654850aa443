package io.ergane.cli;

import io.ergane.api.ObjectName;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.ConditionWriter;
import io.ergane.controllers.kubernetes.EventRecorder;
import io.ergane.controllers.kubernetes.KubernetesSource;
import io.ergane.controllers.kubernetes.LeaderGate;
import io.ergane.controllers.serving.DataPlanes;
import io.ergane.core.compile.Compilation;
import io.ergane.dataplane.admin.AdminServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a process writes into its cluster while it leads: conditions of routing objects, and the
 * objects of ModelServings.
 */
public final class ClusterWriters implements AutoCloseable {
  private static final String LEASE = "lease.kthena.controller-manager";
  private static final Path NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  private final Cluster cluster;
  private final KubernetesSource source;
  private final WriterOptions options;
  private final Map<String, String> environment;
  private volatile Compilation told = Compilation.EMPTY;
  private volatile @Nullable ConditionWriter conditions;
  private @Nullable WorkloadControllers workloads;
  private @Nullable LeaderGate gate;

  ClusterWriters(
      Cluster cluster,
      KubernetesSource source,
      WriterOptions options,
      Map<String, String> environment) {
    this.cluster = cluster;
    this.source = source;
    this.options = options;
    this.environment = environment;
  }

  /** Takes what data planes were told. Any time, by any thread. */
  void update(Compilation compilation) {
    told = compilation;
    ConditionWriter writer = conditions;
    if (writer != null) {
      writer.update(compilation);
    }
  }

  /**
   * Begins, at once or when this process is elected.
   *
   * @param acknowledged whether every data plane runs what was told last
   */
  void start(MeterRegistry registry, BooleanSupplier acknowledged) {
    cluster.measure(registry);
    DataPlanes dataPlanes =
        new DataPlanes() {
          @Override
          public boolean canDrain() {
            return true;
          }

          @Override
          public Compilation decidedBy() {
            return told;
          }

          @Override
          public boolean acknowledged() {
            return acknowledged.getAsBoolean();
          }
        };
    WorkloadControllers controllers =
        new WorkloadControllers(
            cluster,
            ControllerChoice.of(options.controllers),
            options.pace(),
            dataPlanes,
            registry);
    workloads = controllers;
    gate =
        options.leaderElect
            ? LeaderGate.elected(
                cluster,
                new ObjectName(namespace(environment), LEASE),
                NodeName.ofHost("ergane") + "_" + UUID.randomUUID(),
                LeaderGate.Terms.DEFAULT,
                () -> lead(controllers, registry))
            : LeaderGate.alone(cluster, () -> lead(controllers, registry));
    LeaderGate opened = gate;
    Gauge.builder("ergane.leader", opened, each -> each.leading() ? 1 : 0)
        .description("Whether this process writes into the cluster")
        .register(registry);
  }

  /** Where this process runs, as Kubernetes tells its pods. */
  static String namespace(Map<String, String> environment) {
    String named = environment.getOrDefault("POD_NAMESPACE", "");
    if (!named.isEmpty()) {
      return named;
    }
    try {
      return Files.isReadable(NAMESPACE) ? Files.readString(NAMESPACE).strip() : "default";
    } catch (IOException e) {
      return "default";
    }
  }

  private AutoCloseable lead(WorkloadControllers controllers, MeterRegistry registry) {
    Parts parts = new Parts();
    EventRecorder events = parts.opened(new EventRecorder(cluster, "ergane", Clock.systemUTC()));
    ConditionWriter writer =
        parts.opened(
            new ConditionWriter(
                cluster, source, events, Clock.systemUTC(), options.pace(), registry));
    conditions = writer;
    writer.update(told);
    var _ = parts.opened(controllers.start());
    return () -> {
      conditions = null;
      parts.close();
    };
  }

  /** Pages of the admin port; those of a process that does not lead are empty. */
  Map<String, AdminServer.Page> pages() {
    return workloads == null ? Map.of() : workloads.pages();
  }

  @Override
  public void close() {
    if (gate != null) {
      gate.close();
    }
  }
}
