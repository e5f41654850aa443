package io.ergane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@NeedsPart(Part.API_SERVER)
class ApiServerTest {
  private static final String CONFIG_MAP =
      """
      {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "%s", "namespace": "%s"%s}}\
      """;

  private final ApiServer server = ApiServer.shared();

  @Test
  void kubectlAppliesAndReads() {
    String namespace = server.namespace("kubectl");

    server.kubectlWith(CONFIG_MAP.formatted("a", namespace, ""), "apply", "-f", "-");

    assertThat(server.kubectl("get", "configmaps", "-n", namespace, "-o", "name"))
        .isEqualTo("configmap/a\n");
    assertThat(server.get("/api/v1/namespaces/" + namespace + "/configmaps/a")).contains("\"uid\"");
  }

  @Test
  void aRefusedCommandFailsWithWhatTheServerSaid() {
    assertThatThrownBy(() -> server.kubectl("get", "namespace", "nowhere"))
        .hasMessageContaining("\"nowhere\" not found");
  }

  @Test
  void everyTestGetsANamespaceOfItsOwn() {
    assertThat(server.namespace("same")).isNotEqualTo(server.namespace("same"));
  }

  @Test
  void aServiceAccountMayDoWhatItsRoleSaysAndNothingElse() {
    String namespace = server.namespace("rights");
    String token = server.serviceAccountToken(namespace, "reader");

    var without = server.kubectlAs(token, "", "get", "configmaps", "-n", namespace);
    server.kubectl("create", "role", "r", "--verb=list", "--resource=configmaps", "-n", namespace);
    server.kubectl(
        "create",
        "rolebinding",
        "r",
        "--role=r",
        "--serviceaccount=" + namespace + ":reader",
        "-n",
        namespace);
    var with = server.kubectlAs(token, "", "get", "configmaps", "-n", namespace);
    var other = server.kubectlAs(token, "", "get", "secrets", "-n", namespace);

    assertThat(without.exit()).isNotZero();
    assertThat(without.error())
        .contains("system:serviceaccount:" + namespace + ":reader", "forbidden");
    assertThat(with.exit()).isZero();
    assertThat(other.exit()).isNotZero();
    assertThat(server.audit())
        .filteredOn(event -> event.contains("system:serviceaccount:" + namespace + ":reader"))
        .anyMatch(event ->
            event.contains("\"resource\":\"configmaps\"")
                && event.contains("\"authorization.k8s.io/decision\":\"allow\""))
        .anyMatch(event ->
            event.contains("\"resource\":\"secrets\"")
                && event.contains("\"authorization.k8s.io/decision\":\"forbid\""));
  }

  @Test
  @NeedsPart(Part.CONTROLLER_MANAGER)
  void garbageIsCollectedOnceAskedFor() throws Exception {
    String namespace = server.namespace("garbage");
    server.collectGarbage();
    server.kubectlWith(CONFIG_MAP.formatted("owner", namespace, ""), "create", "-f", "-");
    String maps = "/api/v1/namespaces/" + namespace + "/configmaps/";
    String uid = server.get(maps + "owner").replaceAll("(?s).*\"uid\": ?\"([^\"]+)\".*", "$1");
    String owner =
        """
        , "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "%s"}]\
        """
            .formatted(uid);
    server.kubectlWith(CONFIG_MAP.formatted("owned", namespace, owner), "create", "-f", "-");

    server.kubectl("delete", "configmap", "owner", "-n", namespace);

    String names = "";
    for (int i = 0; i < 600 && !names.equals("none"); i++) {
      Thread.sleep(50);
      int status = server.send("GET", maps + "owned", "application/json", "").statusCode();
      names = status == 404 ? "none" : "owned";
    }
    assertThat(names).isEqualTo("none");
  }

  @Test
  void aServerOfOnesOwnTakesFlagsAndIsGoneWhenClosed() {
    Path kubeconfig;
    try (ApiServer own = ApiServer.start("--anonymous-auth=false")) {
      kubeconfig = own.kubeconfig();
      assertThat(own.url()).isNotEqualTo(server.url());
      assertThat(own.pids()).hasSize(2).doesNotContain(0L);
      assertThat(own.kubectl("version")).contains("Server Version: v1.");
    }
    assertThat(Files.exists(kubeconfig.getParent())).isFalse();
  }
}
