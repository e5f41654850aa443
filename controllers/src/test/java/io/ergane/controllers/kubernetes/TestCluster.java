package io.ergane.controllers.kubernetes;

import io.ergane.testkit.ApiServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/**
 * A namespace of the tests' API server, with the custom resource definitions. The cluster is seen
 * by the account that the control plane runs as, with no other rights than it has.
 */
public final class TestCluster {
  public static final ApiServer SERVER = ApiServer.shared();

  /** Where the control plane runs. */
  public static final String SYSTEM = "ergane-system";

  private static final String TOKEN;

  static {
    var _ = SERVER.kubectl("apply", "-f", deploy("namespace.yaml"), "-f", deploy("rbac.yaml"));
    TOKEN = SERVER.serviceAccountToken(SYSTEM, "ergane-control-plane");
    var _ = SERVER.kubectl("apply", "--server-side", "-f", deploy("crds"));
    var _ = SERVER.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
  }

  private static String deploy(String name) {
    return Path.of("../deploy").resolve(name).toAbsolutePath().normalize().toString();
  }

  public final String namespace = SERVER.namespace("controllers");
  public final Cluster cluster = open(TOKEN);

  /** The cluster as the account of a token sees it. */
  public Cluster open(String token) {
    return Cluster.open(
        ClusterSettings.DEFAULT
            .withKubeconfig(SERVER.kubeconfig(token))
            .withNamespaces(java.util.List.of(namespace)));
  }

  /** Creates an object of this namespace. */
  public void create(Kind kind, String json) {
    expect(201, SERVER.send("POST", kind.path(namespace), "application/json", json));
  }

  public void merge(Kind kind, String name, String json) {
    merge(kind, name, "", json);
  }

  public void status(Kind kind, String name, String json) {
    merge(kind, name, "/status", json);
  }

  private void merge(Kind kind, String name, String below, String json) {
    String path = kind.path(namespace) + "/" + name + below;
    expect(200, SERVER.send("PATCH", path, "application/merge-patch+json", json));
  }

  public void delete(Kind kind, String name) {
    String path = kind.path(namespace) + "/" + name + "?gracePeriodSeconds=0";
    expect(200, SERVER.send("DELETE", path, "application/json", ""));
  }

  public String get(Kind kind, String name) {
    return SERVER.get(kind.path(namespace) + "/" + name);
  }

  private static void expect(int code, HttpResponse<String> answer) {
    if (answer.statusCode() != code) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
  }

  public void route(String name, String model, String server) {
    create(
        Kind.MODEL_ROUTE,
        """
        {"apiVersion": "networking.serving.volcano.sh/v1alpha1", "kind": "ModelRoute",
         "metadata": {"name": "%s"},
         "spec": {"modelName": "%s", "rules": [{"targetModels": [{"modelServerName": "%s"}]}]}}
        """
            .formatted(name, model, server));
  }

  public void server(String name, String app) {
    create(
        Kind.MODEL_SERVER,
        """
        {"apiVersion": "networking.serving.volcano.sh/v1alpha1", "kind": "ModelServer",
         "metadata": {"name": "%s"},
         "spec": {"inferenceEngine": "vLLM", "workloadSelector": {"matchLabels": {"app": "%s"}},
                  "workloadPort": {"port": 8000}}}
        """
            .formatted(name, app));
  }

  public void pod(String name, String app) {
    create(
        Kind.POD,
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s", "labels": {"app": "%s"}},
         "spec": {"containers": [{"name": "engine", "image": "engine"}]}}
        """
            .formatted(name, app));
  }

  public void readyPod(String name, String app, String ip) {
    pod(name, app);
    status(
        Kind.POD,
        name,
        """
        {"status": {"phase": "Running", "podIP": "%s", "podIPs": [{"ip": "%s"}],
         "conditions": [{"type": "Ready", "status": "True"}]}}
        """
            .formatted(ip, ip));
  }
}
