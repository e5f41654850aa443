package io.ergane.e2e.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The status of a pod in the words of a kubelet, as a strategic merge patch. */
final class PodReport {
  private PodReport() {}

  static String of(Pod pod, Shown shown, Instant now) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
    ObjectNode status = patch.putObject("status");
    status.put("phase", shown.stage().phase());
    if (shown.stage() == Shown.Stage.FAILED) {
      status.put("reason", "Evicted").put("message", "The node was low on resource: memory.");
    }
    if (shown.address() != null) {
      status
          .put("podIP", shown.address())
          .putArray("podIPs")
          .addObject()
          .put("ip", shown.address());
      status.put("hostIP", "10.9.0.1").putArray("hostIPs").addObject().put("ip", "10.9.0.1");
    }
    if (shown.started() != null) status.put("startTime", time(shown.started()));
    conditions(status.putArray("conditions"), shown, now);
    if (shown.stage().isScheduled()) containers(status, pod, shown);
    return patch.toString();
  }

  private static void conditions(ArrayNode conditions, Shown shown, Instant now) {
    boolean scheduled = shown.stage().isScheduled();
    Instant before = shown.started() == null ? now : shown.started();
    ObjectNode placed = condition(conditions, "PodScheduled", scheduled, before);
    if (!scheduled) {
      placed
          .put("reason", "Unschedulable")
          .put("message", "0/4 nodes are available: 4 Insufficient nvidia.com/gpu.");
      return;
    }
    condition(conditions, "Initialized", shown.started() != null, before);
    String why = shown.stage() == Shown.Stage.NODE_GONE ? "NodeNotReady" : "ContainersNotReady";
    for (String type : new String[] {"ContainersReady", "Ready"}) {
      ObjectNode ready = condition(conditions, type, shown.ready(), now);
      if (shown.ready()) ready.putNull("reason").putNull("message");
      else ready.put("reason", why).put("message", "containers with unready status");
    }
  }

  private static ObjectNode condition(ArrayNode to, String type, boolean holds, Instant since) {
    return to.addObject()
        .put("type", type)
        .put("status", holds ? "True" : "False")
        .put("lastTransitionTime", time(since));
  }

  private static void containers(ObjectNode status, Pod pod, Shown shown) {
    ArrayNode all = status.putArray("containerStatuses");
    for (Container container : pod.getSpec().getContainers()) {
      ObjectNode one = all.addObject();
      one.put("name", container.getName())
          .put("image", container.getImage())
          .put("imageID", "")
          .put("ready", shown.ready())
          .put("started", shown.stage() == Shown.Stage.RUNNING)
          .put("restartCount", shown.restarts());
      state(one.putObject("state"), container, shown);
      if (shown.restarts() > 0) terminated(one.putObject("lastState"), 137, "Error");
    }
    ArrayNode first = status.putArray("initContainerStatuses");
    for (Container container : pod.getSpec().getInitContainers()) {
      boolean over = shown.started() != null;
      ObjectNode one = first.addObject();
      one.put("name", container.getName())
          .put("image", container.getImage())
          .put("imageID", "")
          .put("ready", over)
          .put("restartCount", 0);
      if (over) terminated(one.putObject("state"), 0, "Completed");
    }
  }

  private static void state(ObjectNode state, Container container, Shown shown) {
    switch (shown.stage()) {
      case RUNNING, NODE_GONE -> {
        ObjectNode running = state.putObject("running");
        if (shown.started() != null) running.put("startedAt", time(shown.started()));
      }
      case CRASHED ->
          waiting(state, "CrashLoopBackOff", "back-off 10s restarting failed container");
      case IMAGE_MISSING ->
          waiting(
              state, "ImagePullBackOff", "Back-off pulling image \"" + container.getImage() + "\"");
      case FAILED -> terminated(state, 137, "Error");
      case NEW, UNSCHEDULABLE, CREATING -> waiting(state, "ContainerCreating", "");
    }
  }

  private static void waiting(ObjectNode state, String reason, String message) {
    state.putObject("waiting").put("reason", reason).put("message", message);
  }

  private static void terminated(ObjectNode state, int exitCode, String reason) {
    state.putObject("terminated").put("exitCode", exitCode).put("reason", reason);
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
