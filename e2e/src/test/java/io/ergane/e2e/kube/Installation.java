package io.ergane.e2e.kube;

import io.ergane.testkit.ApiServer;
import io.ergane.testkit.Part;
import java.nio.file.Path;

/** The API server of this JVM with Ergane's kinds on it, as a user installs them. */
final class Installation {
  private static final Path DEFINITIONS = Path.of("..", "deploy", "crds");

  private static final Path LEADER_WORKER_SETS =
      Path.of("src", "test", "resources", "kube", "leaderworkersets.yaml");

  private final ApiServer server = ApiServer.shared();

  private Installation() {
    server.kubectl("apply", "--server-side", "-f", DEFINITIONS.toString());
    server.kubectl("apply", "--server-side", "-f", LEADER_WORKER_SETS.toString());
    server.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    if (Part.CONTROLLER_MANAGER.locate().isPresent()) server.collectGarbage();
  }

  private static final class Shared {
    private static final Installation INSTALLATION = new Installation();
  }

  static ApiServer server() {
    return Shared.INSTALLATION.server;
  }
}
