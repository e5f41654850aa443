package io.ergane.controllers.serving;

import io.ergane.controllers.kubernetes.Fields;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a pod does not become or stay ready, in words that a user can act on. The same cause gives
 * the same words, however often it is tried.
 */
final class PodTrouble {
  private static final Set<String> PULLING =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");
  private static final Set<String> CONFIGURATION =
      Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");
  private static final int LONGEST = 300;
  private static final String NODE_LOST =
      "its node does not answer; once the node is repaired or deleted, the pod is made anew";

  private PodTrouble() {}

  static @Nullable String of(Map<String, Object> pod) {
    if (Pods.ready(pod)) {
      return null;
    }
    String node = lost(pod);
    if (node != null) {
      return node;
    }
    for (Map<String, Object> container : Fields.maps(pod, "status", "initContainerStatuses")) {
      String trouble = ofContainer(container, true);
      if (trouble != null) {
        return trouble;
      }
    }
    for (Map<String, Object> container : Fields.maps(pod, "status", "containerStatuses")) {
      String trouble = ofContainer(container, false);
      if (trouble != null) {
        return trouble;
      }
    }
    return null;
  }

  private static @Nullable String lost(Map<String, Object> pod) {
    for (Map<String, Object> condition : Fields.maps(pod, "status", "conditions")) {
      boolean unscheduled =
          "PodScheduled".equals(condition.get("type"))
              && "Unschedulable".equals(condition.get("reason"));
      if (unscheduled) {
        return "cannot be scheduled: " + cut(Fields.text(condition, "message"));
      }
    }
    if (isCutOff(pod)) {
      return NODE_LOST;
    }
    String reason = Fields.text(pod, "status", "reason");
    return switch (reason) {
      case "" -> null;
      case "NodeLost" -> NODE_LOST;
      case "Evicted" -> "was evicted from its node: " + cut(Fields.text(pod, "status", "message"));
      default -> reason + ": " + cut(Fields.text(pod, "status", "message"));
    };
  }

  /** Whether somebody else than its kubelet, which always gives a reason, said it is not ready. */
  private static boolean isCutOff(Map<String, Object> pod) {
    String why = "";
    boolean containersReady = false;
    boolean stated = false;
    for (Map<String, Object> condition : Fields.maps(pod, "status", "conditions")) {
      if ("Ready".equals(condition.get("type"))) {
        stated = true;
        why = Fields.text(condition, "reason");
      } else if ("ContainersReady".equals(condition.get("type"))) {
        containersReady = "True".equals(condition.get("status"));
      }
    }
    return why.equals("NodeNotReady") || (stated && why.isEmpty() && containersReady);
  }

  private static @Nullable String ofContainer(Map<String, Object> container, boolean init) {
    String name = Fields.text(container, "name");
    String what = what(name, init);
    String waiting = Fields.text(container, "state", "waiting", "reason");
    if (PULLING.contains(waiting)) {
      return "image %s of container %s cannot be pulled; check its name and the pull secret"
          .formatted(Fields.text(container, "image"), name);
    }
    if (CONFIGURATION.contains(waiting)) {
      return "%s cannot be started: %s"
          .formatted(what, cut(Fields.text(container, "state", "waiting", "message")));
    }
    String ended = ended(container, waiting);
    if (ended != null) {
      return "%s %s; see `kubectl logs --previous -c %s`".formatted(what, ended, name);
    }
    boolean runs = !Fields.map(container, "state", "running").isEmpty();
    if (runs && !init && Boolean.FALSE.equals(container.get("started"))) {
      return what + " has not passed its startup probe yet";
    }
    boolean unready = runs && !init && Boolean.FALSE.equals(container.get("ready"));
    return unready ? what + " runs but does not pass its readiness probe" : null;
  }

  private static String what(String name, boolean init) {
    boolean downloads = init && name.toLowerCase(Locale.ROOT).contains("download");
    return downloads ? "the model download (container " + name + ")" : "container " + name;
  }

  /** How a container ended, if it did and ought not to have. */
  private static @Nullable String ended(Map<String, Object> container, String waiting) {
    Map<String, Object> state = Fields.map(container, "state", "terminated");
    boolean crashing = waiting.equals("CrashLoopBackOff");
    Map<String, Object> last =
        state.isEmpty() && crashing ? Fields.map(container, "lastState", "terminated") : state;
    long code = Fields.number(last, 0, "exitCode");
    if (last.isEmpty() || (code == 0 && !crashing)) {
      return crashing ? "ends again and again" : null;
    }
    String reason = Fields.text(last, "reason");
    return reason.equals("OOMKilled") ? "ran out of memory" : "ended with exit code " + code;
  }

  private static String cut(String message) {
    String line = message.strip();
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }
}
