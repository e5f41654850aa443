package io.ergane.e2e.kube;

import io.ergane.testkit.ApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.http.HttpResponse;
import java.time.Instant;

/** What scheduler and kubelet ask of the API server. A pod that is gone is no error. */
final class PodCalls {
  private static final String STRATEGIC = "application/strategic-merge-patch+json";

  private final ApiServer server;

  PodCalls(ApiServer server) {
    this.server = server;
  }

  void bind(Pod pod, String node) {
    String body =
        """
        {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s", "uid": "%s"},
         "target": {"apiVersion": "v1", "kind": "Node", "name": "%s"}}\
        """
            .formatted(pod.getMetadata().getName(), pod.getMetadata().getUid(), node);
    check(pod, server.send("POST", path(pod) + "/binding", "application/json", body));
  }

  void report(Pod pod, Shown shown) {
    String body = PodReport.of(pod, shown, Instant.now());
    check(pod, server.send("PATCH", path(pod) + "/status", STRATEGIC, body));
  }

  /** Says that the pod's containers are gone, which ends its deletion. */
  void finish(Pod pod) {
    String body =
        """
        {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0,
         "preconditions": {"uid": "%s"}}\
        """
            .formatted(pod.getMetadata().getUid());
    check(pod, server.send("DELETE", path(pod), "application/json", body));
  }

  private static String path(Pod pod) {
    return "/api/v1/namespaces/%s/pods/%s"
        .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  /** 409 is said of a pod of that name with another UID, and of one that is bound already. */
  private static void check(Pod pod, HttpResponse<String> answer) {
    int status = answer.statusCode();
    if (status >= 300 && status != 404 && status != 409) {
      throw new IllegalStateException(
          pod.getMetadata().getName() + " was answered with " + status + ": " + answer.body());
    }
  }
}
