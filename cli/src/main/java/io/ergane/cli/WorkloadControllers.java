package io.ergane.cli;

import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.EventRecorder;
import io.ergane.controllers.kubernetes.Workqueue.Pace;
import io.ergane.controllers.serving.DataPlanes;
import io.ergane.controllers.serving.ServingController;
import io.ergane.dataplane.admin.AdminServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The controllers that bring workload objects to what they declare. */
final class WorkloadControllers {
  private static final String SERVINGS = "modelserving";

  private final Cluster cluster;
  private final Set<String> names;
  private final Pace pace;
  private final DataPlanes dataPlanes;
  private final MeterRegistry registry;
  private volatile @Nullable ServingController servings;

  /**
   * @param names of those that are wanted, as {@link ControllerChoice} gives them
   */
  WorkloadControllers(
      Cluster cluster,
      Set<String> names,
      Pace pace,
      DataPlanes dataPlanes,
      MeterRegistry registry) {
    this.cluster = cluster;
    this.names = Set.copyOf(names);
    this.pace = pace;
    this.dataPlanes = dataPlanes;
    this.registry = registry;
  }

  /** Starts them; closing ends their work, after which they may be started again. */
  AutoCloseable start() {
    Parts parts = new Parts();
    if (names.contains(SERVINGS)) {
      EventRecorder events =
          parts.opened(new EventRecorder(cluster, ServingController.COMPONENT, Clock.systemUTC()));
      servings =
          parts.opened(
              new ServingController(
                  cluster, dataPlanes, events, Clock.systemUTC(), pace, registry));
    }
    return () -> {
      servings = null;
      parts.close();
    };
  }

  /** Which of the chosen ones there are, in words. */
  static String running(Set<String> chosen) {
    return chosen.contains(SERVINGS) ? SERVINGS : "none";
  }

  /** Pages for operators, by path. */
  Map<String, AdminServer.Page> pages() {
    return Map.of("/debug/modelserving/cache", _ -> cache());
  }

  private AdminServer.Answer cache() {
    ServingController controller = servings;
    String text = controller == null ? "{}" : controller.cacheText();
    return AdminServer.Answer.json(200, text + "\n");
  }
}
