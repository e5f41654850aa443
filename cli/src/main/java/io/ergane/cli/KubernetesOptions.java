package io.ergane.cli;

import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.ClusterSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster, and how much to ask of it. */
final class KubernetesOptions {
  private static final Path TOKEN = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "A cluster's objects are served: ModelRoute, ModelServer and the pods they select. In a"
              + " pod, without -f and --backend, its own cluster's are.")
  @Nullable Path kubeconfig;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "The API server, in place of the kubeconfig's.")
  @Nullable String server;

  @Option(
      names = {"-n", "--namespace"},
      split = ",",
      paramLabel = "NAME",
      description = "Only these namespaces' objects (default: all).")
  List<String> namespaces = new ArrayList<>();

  @Option(
      names = "--kube-api-qps",
      defaultValue = "0",
      paramLabel = "N",
      description = "Requests a second to the API server (default 50).")
  double qps;

  @Option(
      names = "--kube-api-burst",
      defaultValue = "0",
      paramLabel = "N",
      description = "Requests at once before that holds (default 100).")
  int burst;

  /** Whether a cluster was asked for. */
  boolean named() {
    return given(kubeconfig) || (server != null && !server.isEmpty()) || !namespaces.isEmpty();
  }

  /** Whether a cluster was asked for, or this process runs in one. */
  boolean wanted(Map<String, String> environment) {
    return named()
        || (environment.containsKey("KUBERNETES_SERVICE_HOST") && Files.isReadable(TOKEN));
  }

  private static boolean given(@Nullable Path path) {
    return path != null && !path.toString().isEmpty();
  }

  /**
   * @throws UserError when the configuration cannot be used
   */
  Cluster open() {
    if (qps < 0 || burst < 0) {
      throw UserError.ofCommandLine(
          "--kube-api-qps and --kube-api-burst are 0, for the default, or more.");
    }
    ClusterSettings usual = ClusterSettings.DEFAULT;
    try {
      return Cluster.open(
          new ClusterSettings(
              given(kubeconfig) ? kubeconfig : null,
              server == null || server.isEmpty() ? null : server,
              namespaces,
              qps == 0 ? usual.qps() : qps,
              burst == 0 ? usual.burst() : burst,
              usual.page(),
              usual.answer()));
    } catch (IllegalArgumentException e) {
      throw new UserError("--kubeconfig: " + e.getMessage());
    }
  }
}
