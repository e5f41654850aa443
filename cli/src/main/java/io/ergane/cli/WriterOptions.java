package io.ergane.cli;

import io.ergane.controllers.kubernetes.Workqueue.Pace;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What is written into the cluster, by whom and how fast. */
final class WriterOptions {
  /** Controllers of Kthena's that exist here, or will. */
  private static final List<String> NAMES = List.of("modelserving", "modelbooster", "autoscaler");

  @Option(
      names = "--leader-elect",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description =
          "Of several processes one writes into the cluster (default ${DEFAULT-VALUE}); all serve.")
  boolean leaderElect;

  @Option(
      names = "--workers",
      defaultValue = "5",
      paramLabel = "N",
      description = "Objects that a controller works on at the same time (default ${DEFAULT-VALUE}).")
  int workers;

  @Option(
      names = "--controllers",
      split = ",",
      paramLabel = "NAME[,NAME…]",
      description =
          "Controllers that run: *, NAME, +NAME or -NAME; of several entries about one the first"
              + " holds (default *).")
  List<String> controllers = new ArrayList<>();

  /**
   * @throws UserError naming the option
   */
  void check() {
    Accepted.range("--workers", workers, 1, 1_000);
    for (String entry : controllers) {
      String name = entry.startsWith("+") || entry.startsWith("-") ? entry.substring(1) : entry;
      if (!name.equals("*") && !NAMES.contains(name)) {
        throw new UserError(
            "--controllers: there is no controller \"%s\"; accepted are %s and *."
                .formatted(name, String.join(", ", NAMES)));
      }
    }
  }

  Pace pace() {
    return Pace.DEFAULT.withWorkers(workers);
  }

  /** Whether a controller runs. When the entries leave none, all do. */
  boolean runs(String name) {
    return listed(name) || NAMES.stream().noneMatch(this::listed);
  }

  private boolean listed(String name) {
    for (String entry : controllers) {
      if (entry.equals(name) || entry.equals("+" + name)) {
        return true;
      }
      if (entry.equals("-" + name)) {
        return false;
      }
    }
    return controllers.isEmpty() || controllers.contains("*");
  }
}
