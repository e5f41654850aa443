package io.ergane.controllers.serving.plan;

import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A pod as the node runs it. */
final class SimPod {
  final String name;
  final String uid;
  final @Nullable String owner;
  final Map<String, String> labels;
  final Map<String, String> annotations;
  final Map<String, Object> spec;
  Phase phase = Phase.PENDING;
  boolean ready;
  int restarts;
  boolean terminating;
  @Nullable Instant drainingSince;
  int requests;
  boolean outOfRouting;
  boolean watched;
  @Nullable String trouble;

  SimPod(
      String name,
      String uid,
      @Nullable String owner,
      Map<String, String> labels,
      Map<String, String> annotations,
      Map<String, Object> spec) {
    this.name = name;
    this.uid = uid;
    this.owner = owner;
    this.labels = new HashMap<>(labels);
    this.annotations = new HashMap<>(annotations);
    this.spec = spec;
  }

  String image() {
    Object container = RoleTree.list(spec.get("containers")).getFirst();
    return String.valueOf(RoleTree.tree(container).get("image"));
  }

  Map<String, String> env() {
    Map<String, String> env = new HashMap<>();
    Map<String, Object> container = RoleTree.tree(RoleTree.list(spec.get("containers")).getFirst());
    for (Object item : (List<?>) RoleTree.list(container.get("env"))) {
      Map<String, Object> entry = RoleTree.tree(item);
      env.put(String.valueOf(entry.get("name")), String.valueOf(entry.get("value")));
    }
    return env;
  }

  String label(String key) {
    return labels.getOrDefault(key, "");
  }

  boolean serves() {
    return phase == Phase.RUNNING && ready && !terminating && drainingSince == null;
  }

  ObservedPod observed() {
    return new ObservedPod(
        name,
        uid,
        owner,
        labels,
        annotations,
        phase,
        ready,
        restarts,
        terminating,
        null,
        trouble,
        drainingSince,
        watched ? OptionalInt.of(requests) : OptionalInt.empty(),
        outOfRouting);
  }
}
