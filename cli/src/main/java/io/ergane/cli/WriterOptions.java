package io.ergane.cli;

import io.ergane.controllers.kubernetes.Workqueue.Pace;
import picocli.CommandLine.Option;

/** What is written into the cluster, by whom and how fast. */
final class WriterOptions {
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
      description =
          "Objects that a controller works on at the same time (default ${DEFAULT-VALUE}).")
  int workers;

  @Option(
      names = "--controllers",
      defaultValue = "*",
      paramLabel = "NAME[,NAME…]",
      description =
          "Controllers that run: *, NAME, +NAME or -NAME; of several entries about one the first"
              + " holds (default ${DEFAULT-VALUE}).")
  String controllers = "*";

  /**
   * @throws UserError naming the option
   */
  void check() {
    Accepted.range("--workers", workers, 1, 1_000);
    var _ = ControllerChoice.of(controllers);
  }

  Pace pace() {
    return Pace.DEFAULT.withWorkers(workers);
  }
}
