package io.ergane.core.compile;

import io.ergane.api.ModelServer;
import io.ergane.api.ObjectName;
import io.ergane.api.Pod;
import io.ergane.core.compile.Draft.Declared;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pods into the endpoint tables of the pools that select them. */
final class EndpointPass {
  private final Draft draft;
  private final Map<Label, List<Pod>> byLabel = new HashMap<>();

  private EndpointPass(Draft draft) {
    this.draft = draft;
  }

  static void run(Draft draft) {
    EndpointPass pass = new EndpointPass(draft);
    draft.declared(Pod.class).forEach(pod -> pass.index(pod.resource()));
    draft.declared(ModelServer.class).forEach(pass::fill);
  }

  /** One label of the pods of one namespace. */
  private record Label(String namespace, String key, String value) {}

  private void index(Pod pod) {
    pod.metadata()
        .labels()
        .forEach((key, value) -> {
          Label label = new Label(pod.metadata().namespace(), key, value);
          byLabel.computeIfAbsent(label, _ -> new ArrayList<>()).add(pod);
        });
  }

  private void fill(Declared<ModelServer> server) {
    Pool pool = draft.pool(server.name());
    List<Pod> selected = select(pool);
    List<Endpoint> rows =
        selected.stream()
            .filter(pod -> PodAddress.obstacle(pod) == null)
            .map(pod -> PodAddress.endpoint(pod, pool))
            .toList();
    EndpointTable table = new EndpointTable(pool.name(), rows);
    EndpointTable before = draft.previous.endpoints().get(pool.name());
    draft.endpoints.put(pool.name(), before != null && before.equals(table) ? before : table);
    if (rows.isEmpty()) {
      draft.warn(
          server.sighting(),
          "pool-empty",
          "spec.workloadSelector",
          reason(pool.name(), selected) + " Requests to this ModelServer are answered 503.");
    }
  }

  /** The pods that carry all labels of the pool; only those of its rarest label are looked at. */
  private List<Pod> select(Pool pool) {
    List<Pod> fewest = null;
    for (Map.Entry<String, String> entry : pool.selector().entrySet()) {
      Label label = new Label(pool.name().namespace(), entry.getKey(), entry.getValue());
      List<Pod> carriers = byLabel.getOrDefault(label, List.of());
      if (fewest == null || carriers.size() < fewest.size()) {
        fewest = carriers;
      }
    }
    return fewest == null
        ? List.of()
        : fewest.stream()
            .filter(
                pod -> pod.metadata().labels().entrySet().containsAll(pool.selector().entrySet()))
            .toList();
  }

  private static String reason(ObjectName pool, List<Pod> selected) {
    if (selected.isEmpty()) {
      return "no Pod in namespace %s carries these labels. Correct the labels or declare Pods."
          .formatted(pool.namespace());
    }
    Pod first = selected.getFirst();
    return "none of the %d selected Pods is usable: Pod %s %s."
        .formatted(selected.size(), first.name(), PodAddress.obstacle(first));
  }
}
