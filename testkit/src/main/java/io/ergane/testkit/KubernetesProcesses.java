package io.ergane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** An etcd and a kube-apiserver on it. */
final class KubernetesProcesses implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 90;

  /** Characters of a log that a complaint repeats. */
  private static final int COMPLAINT = 3000;

  private final Path assets;
  private final Path folder;
  private final String url;
  private final Leash etcd;
  private final Leash apiServer;

  private KubernetesProcesses(Path assets, Path folder, String url, Leash etcd, Leash apiServer) {
    this.assets = assets;
    this.folder = folder;
    this.url = url;
    this.etcd = etcd;
    this.apiServer = apiServer;
  }

  /**
   * Starts both and waits for neither.
   *
   * @param folder an empty one, for all files
   * @param token of the administrator
   */
  static KubernetesProcesses start(Path assets, Path folder, String token, List<String> flags) {
    List<Integer> ports = freePorts(3);
    String client = "http://127.0.0.1:" + ports.get(0);
    String peer = "http://127.0.0.1:" + ports.get(1);
    int port = ports.get(2);
    writeCredentials(folder, token);
    writeAuditPolicy(folder);
    Leash etcd =
        Leash.start(folder, folder.resolve("etcd.log"), etcd(assets, folder, client, peer));
    List<String> command = apiServer(assets, folder, client, port);
    command.addAll(flags);
    Leash apiServer = Leash.start(folder, folder.resolve("kube-apiserver.log"), command);
    return new KubernetesProcesses(assets, folder, "https://127.0.0.1:" + port, etcd, apiServer);
  }

  private static List<String> etcd(Path assets, Path folder, String client, String peer) {
    return List.of(
        assets.resolve("etcd").toString(),
        "--data-dir=" + folder.resolve("etcd"),
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer,
        "--unsafe-no-fsync",
        "--log-level=error");
  }

  private static List<String> apiServer(Path assets, Path folder, String etcd, int port) {
    return new ArrayList<>(
        List.of(
            assets.resolve("kube-apiserver").toString(),
            "--etcd-servers=" + etcd,
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            "--secure-port=" + port,
            "--cert-dir=" + folder.resolve("certificates"),
            "--token-auth-file=" + folder.resolve("tokens.csv"),
            "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount",
            "--enable-admission-plugins=OwnerReferencesPermissionEnforcement",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--audit-policy-file=" + folder.resolve("audit.yaml"),
            "--audit-log-path=" + folder.resolve("audit.log"),
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=" + folder.resolve("account.pub"),
            "--service-account-signing-key-file=" + folder.resolve("account.key"),
            "--allow-privileged=true"));
  }

  private static void writeAuditPolicy(Path folder) {
    String policy =
        """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - {level: Metadata, userGroups: ["system:serviceaccounts"]}
        - {level: None}
        """;
    try {
      var _ = Files.writeString(folder.resolve("audit.yaml"), policy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whole lines of a log. */
  List<String> lines(String log) {
    try {
      String said = Files.readString(folder.resolve(log));
      return said.substring(0, said.lastIndexOf('\n') + 1).lines().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the controllers that tests need; they act with the rights of a kubeconfig. */
  Leash startControllers(Path kubeconfig) {
    Path program = program("kube-controller-manager");
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(Part.CONTROLLER_MANAGER.missing());
    }
    return Leash.start(
        folder,
        folder.resolve("kube-controller-manager.log"),
        List.of(
            program.toString(),
            "--kubeconfig=" + kubeconfig,
            "--controllers=garbage-collector-controller,namespace-controller",
            "--secure-port=0",
            "--leader-elect=false"));
  }

  /** Waits for the server to call itself ready. */
  KubernetesHttp awaitReady(String token) {
    await("its certificate", () -> isWhole(certificate()));
    KubernetesHttp http = new KubernetesHttp(url, certificate());
    try {
      await("readiness", () -> isReady(http, token));
      return http;
    } catch (RuntimeException | Error e) {
      http.close();
      throw e;
    }
  }

  private static boolean isReady(KubernetesHttp http, String token) {
    try {
      return http.send("GET", "/readyz", token, "text/plain", "").statusCode() == 200
          && http.send("GET", "/api/v1/namespaces/default", token, "text/plain", "").statusCode()
              == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static boolean isWhole(Path pem) {
    try {
      return Files.exists(pem) && Files.readString(pem).stripTrailing().endsWith("-----");
    } catch (IOException e) {
      return false;
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      boolean alive = etcd.isAlive() && apiServer.isAlive();
      if (!alive || System.nanoTime() > end) {
        String said = tail("etcd.log") + tail("kube-apiserver.log");
        if (said.contains("address already in use")) throw new PortTakenException(said);
        throw new IllegalStateException(
            "no Kubernetes API server (waited for %s); etcd and it said:\n%s"
                .formatted(what, said));
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while Kubernetes starts", e);
      }
    }
  }

  /** Another program took one of the ports between the search for a free one and its use. */
  static final class PortTakenException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    PortTakenException(String said) {
      super(said);
    }
  }

  String url() {
    return url;
  }

  Path certificate() {
    return folder.resolve("certificates/apiserver.crt");
  }

  Path program(String name) {
    return assets.resolve(name);
  }

  /** The end of a log. */
  String tail(String log) {
    try {
      String said = Files.readString(folder.resolve(log));
      return said.substring(Math.max(0, said.length() - COMPLAINT));
    } catch (IOException e) {
      return "";
    }
  }

  List<Long> pids() {
    return List.of(etcd.pid(), apiServer.pid());
  }

  @Override
  public void close() {
    apiServer.close();
    etcd.close();
  }

  private static List<Integer> freePorts(int count) {
    return Stream.generate(Ports::free).distinct().limit(count).toList();
  }

  private static void writeCredentials(Path folder, String token) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair keys = generator.generateKeyPair();
      Files.writeString(
          folder.resolve("account.key"), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      Files.writeString(
          folder.resolve("account.pub"), pem("PUBLIC KEY", keys.getPublic().getEncoded()));
      Files.writeString(folder.resolve("tokens.csv"), token + ",admin,admin,system:masters\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }
}
