package io.ergane.controllers.kubernetes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a cluster, and how much to ask of it.
 *
 * @param kubeconfig null for the usual places: {@code KUBECONFIG}, {@code ~/.kube/config}, and in a
 *     pod its service account
 * @param server URL of the API server in place of the configured one; null for that
 * @param namespaces that are looked at; empty for all of them
 * @param qps requests a second that are sent in the long run, watches not counted; above 0
 * @param burst requests that are sent at once before {@code qps} holds; 1 or more
 * @param page objects that are asked for at once when a cache is filled; 1 or more
 * @param answer longest wait for the answer of a request that is not a watch
 */
public record ClusterSettings(
    @Nullable Path kubeconfig,
    @Nullable String server,
    List<String> namespaces,
    double qps,
    int burst,
    int page,
    Duration answer) {

  public static final double DEFAULT_QPS = 50;
  public static final int DEFAULT_BURST = 100;

  public static final ClusterSettings DEFAULT =
      new ClusterSettings(
          null, null, List.of(), DEFAULT_QPS, DEFAULT_BURST, 500, Duration.ofSeconds(30));

  public ClusterSettings {
    namespaces = namespaces.stream().distinct().sorted().toList();
  }

  /** The same with a kubeconfig file. */
  public ClusterSettings withKubeconfig(Path file) {
    return new ClusterSettings(file, server, namespaces, qps, burst, page, answer);
  }

  /** The same with the namespaces that are looked at. */
  public ClusterSettings withNamespaces(List<String> others) {
    return new ClusterSettings(kubeconfig, server, others, qps, burst, page, answer);
  }

  /** The same with pages of another size. */
  public ClusterSettings withPage(int objects) {
    return new ClusterSettings(kubeconfig, server, namespaces, qps, burst, objects, answer);
  }
}
