package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;

import io.ergane.testkit.ApiServer;
import io.ergane.testkit.Part;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The API server of this JVM with Ergane's kinds on it and the account that the control plane has,
 * as a user installs them.
 */
final class Installation {
  /** Where the control plane runs. */
  static final String SYSTEM = "ergane-system";

  /** The account that it runs as. */
  static final String ACCOUNT = "ergane-control-plane";

  private static final Path DEPLOY = Path.of("..", "deploy");

  private static final Path LEADER_WORKER_SETS =
      Path.of("src", "test", "resources", "kube", "leaderworkersets.yaml");

  private final ApiServer server = ApiServer.shared();
  private final Path account;

  private Installation() {
    for (String part : List.of("crds", "namespace.yaml", "rbac.yaml")) {
      server.kubectl("apply", "--server-side", "-f", DEPLOY.resolve(part).toString());
    }
    server.kubectl("apply", "--server-side", "-f", LEADER_WORKER_SETS.toString());
    server.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    if (Part.CONTROLLER_MANAGER.locate().isPresent()) server.collectGarbage();
    account = server.kubeconfig(server.serviceAccountToken(SYSTEM, ACCOUNT));
    patiently().until(() -> may("list", "modelservings", "") && may("create", "leases", SYSTEM));
  }

  /** The API server hears of roles and of who has them one by one. */
  private boolean may(String verb, String resource, String namespace) {
    String where = namespace.isEmpty() ? "--all-namespaces" : "--namespace=" + namespace;
    String as = "--as=system:serviceaccount:" + SYSTEM + ":" + ACCOUNT;
    return server
        .kubectlAs(server.adminToken(), "", "auth", "can-i", verb, resource, where, as)
        .output()
        .startsWith("yes");
  }

  private static final class Shared {
    private static final Installation INSTALLATION = new Installation();
  }

  static ApiServer server() {
    return Shared.INSTALLATION.server;
  }

  /** For the account of the control plane: it may do what {@code rbac.yaml} says. */
  static Path account() {
    return Shared.INSTALLATION.account;
  }

  /** What Kubernetes tells a process of the control plane. */
  static Map<String, String> environment() {
    return Map.of("POD_NAMESPACE", SYSTEM);
  }
}
