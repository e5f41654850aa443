package io.ergane.controllers.serving;

import io.ergane.controllers.kubernetes.Fields;
import io.ergane.controllers.serving.plan.Names;
import io.ergane.controllers.serving.plan.ObservedPod;
import io.ergane.controllers.serving.plan.ObservedPod.Phase;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Reads what a plan needs of a pod. */
final class Pods {
  private static final Set<String> ANNOTATIONS =
      Set.of(Names.DELETION_COST, Names.POD_GROUP, Names.TASK);

  private Pods() {}

  static ObservedPod read(Map<String, Object> pod) {
    Map<String, String> annotations = annotations(pod);
    String draining = annotations.getOrDefault(Names.DRAINING, "");
    return new ObservedPod(
        Fields.text(pod, "metadata", "name"),
        Trees.uid(pod),
        Trees.controller(pod),
        Trees.labels(pod),
        annotations,
        phase(Fields.text(pod, "status", "phase")),
        ready(pod),
        restarts(pod, "containerStatuses") + restarts(pod, "initContainerStatuses"),
        Trees.terminating(pod),
        Fields.instant(pod, "status", "startTime"),
        PodTrouble.of(pod),
        Fields.instant(draining),
        OptionalInt.empty(),
        false);
  }

  private static Map<String, String> annotations(Map<String, Object> pod) {
    Map<String, String> kept = new LinkedHashMap<>();
    Fields.texts(pod, "metadata", "annotations")
        .forEach((key, value) -> {
          if (ANNOTATIONS.contains(key) || key.startsWith("ergane.io/")) {
            kept.put(key, value);
          }
        });
    return kept;
  }

  private static Phase phase(String text) {
    try {
      return text.isEmpty() ? Phase.PENDING : Phase.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return Phase.UNKNOWN;
    }
  }

  static boolean ready(Map<String, Object> pod) {
    return Fields.maps(pod, "status", "conditions").stream()
        .anyMatch(each -> "Ready".equals(each.get("type")) && "True".equals(each.get("status")));
  }

  private static int restarts(Map<String, Object> pod, String containers) {
    return Fields.maps(pod, "status", containers).stream()
        .mapToInt(each -> (int) Fields.number(each, 0, "restartCount"))
        .sum();
  }
}
