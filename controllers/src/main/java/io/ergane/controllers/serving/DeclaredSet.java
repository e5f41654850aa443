package io.ergane.controllers.serving;

import io.ergane.api.IntOrPercent;
import io.ergane.api.ObjectMeta;
import io.ergane.api.PodTemplate;
import io.ergane.controllers.kubernetes.Fields;
import io.ergane.controllers.serving.plan.LeaderWorkerSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A LeaderWorkerSet as it was read.
 *
 * @param set null when it cannot be read
 * @param problem why not; empty when it can
 */
record DeclaredSet(
    @Nullable LeaderWorkerSet set,
    LeaderWorkerSet.Status status,
    boolean terminating,
    String problem) {

  static DeclaredSet read(Map<String, Object> object) {
    LeaderWorkerSet.Status status =
        new LeaderWorkerSet.Status(
            (int) Fields.number(object, -1, "status", "replicas"),
            (int) Fields.number(object, -1, "status", "readyReplicas"));
    boolean terminating = Trees.terminating(object);
    try {
      return new DeclaredSet(set(object), status, terminating, "");
    } catch (IllegalArgumentException e) {
      return new DeclaredSet(null, status, terminating, String.valueOf(e.getMessage()));
    }
  }

  private static LeaderWorkerSet set(Map<String, Object> object) {
    Map<String, Object> spec = Fields.map(object, "spec");
    Map<String, Object> template = Fields.map(spec, "leaderWorkerTemplate");
    PodTemplate worker = template(template, "workerTemplate");
    if (worker == null) {
      throw new IllegalArgumentException(
          "spec.leaderWorkerTemplate.workerTemplate is missing: give a pod template");
    }
    Map<String, Object> rolling = Fields.map(spec, "rolloutStrategy", "rollingUpdateConfiguration");
    String restartPolicy = Fields.text(template, "restartPolicy");
    return new LeaderWorkerSet(
        metadata(object),
        number(spec, "replicas"),
        number(template, "size"),
        template(template, "leaderTemplate"),
        worker,
        restartPolicy.isEmpty() ? null : restartPolicy,
        share(rolling, "maxUnavailable"),
        share(rolling, "partition"));
  }

  private static ObjectMeta metadata(Map<String, Object> object) {
    return new ObjectMeta(
        Fields.text(object, "metadata", "name"),
        Fields.text(object, "metadata", "namespace"),
        Trees.labels(object),
        Map.of(),
        Trees.uid(object),
        null,
        Fields.number(object, 0, "metadata", "generation"),
        null,
        null,
        java.util.List.of());
  }

  private static @Nullable PodTemplate template(Map<String, Object> tree, String field) {
    Map<String, Object> template = Fields.map(tree, field);
    return template.isEmpty()
        ? null
        : new PodTemplate(
            Fields.texts(template, "metadata", "labels"),
            Fields.texts(template, "metadata", "annotations"),
            Fields.map(template, "spec"));
  }

  private static @Nullable Integer number(Map<String, Object> tree, String field) {
    return tree.get(field) instanceof Number number ? (Integer) number.intValue() : null;
  }

  private static @Nullable IntOrPercent share(Map<String, Object> tree, String field) {
    return switch (tree.get(field)) {
      case Number number -> IntOrPercent.of(number.intValue());
      case String text -> IntOrPercent.parse(text);
      case null, default -> null;
    };
  }
}
