package io.ergane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API server with an etcd, both on ports of 127.0.0.1 that nobody else uses. It
 * authorizes by RBAC, owner references included, as strict clusters do, makes no service account by
 * itself and runs no controller: pods stay Pending until a test says otherwise, and deleted
 * namespaces stay. Tests that use it carry {@code @NeedsPart(Part.API_SERVER)}; most take {@link
 * #shared} and a {@link #namespace} each.
 *
 * <p>Nothing of it outlives the JVM.
 */
public final class ApiServer implements AutoCloseable {
  private static final Pattern TOKEN = Pattern.compile("\"token\":\\s*\"([^\"]+)\"");

  private final Path folder;
  private final KubernetesProcesses processes;
  private final KubernetesHttp http;
  private final String adminToken;
  private final AtomicInteger names = new AtomicInteger();
  private @Nullable Leash controllers;

  private ApiServer(
      Path folder, KubernetesProcesses processes, KubernetesHttp http, String adminToken) {
    this.folder = folder;
    this.processes = processes;
    this.http = http;
    this.adminToken = adminToken;
  }

  /** The one that all tests of this JVM may share; started when first asked for. */
  public static ApiServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    private static final ApiServer SERVER = start();
  }

  /**
   * Starts one of its own; returns once it is ready, in about five seconds.
   *
   * @param flags further ones of kube-apiserver, which win over ours
   */
  public static ApiServer start(String... flags) {
    Path assets =
        Part.API_SERVER
            .locate()
            .map(Path::getParent)
            .orElseThrow(() -> new IllegalStateException(Part.API_SERVER.missing()));
    String token = UUID.randomUUID().toString();
    for (int attempt = 1; ; attempt++) {
      Path folder = temporary();
      KubernetesProcesses processes =
          KubernetesProcesses.start(assets, folder, token, List.of(flags));
      try {
        KubernetesHttp http = processes.awaitReady(token);
        return new ApiServer(folder, processes, http, token);
      } catch (KubernetesProcesses.PortTakenException e) {
        processes.close();
        if (attempt == 3) throw e;
      } catch (RuntimeException | Error e) {
        processes.close();
        throw e;
      }
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("ergane-kubernetes-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code https://127.0.0.1:port}. */
  public String url() {
    return processes.url();
  }

  /** The certificate that vouches for the server, a PEM file. */
  public Path certificateAuthority() {
    return processes.certificate();
  }

  /** Of an account that may do everything. */
  public String adminToken() {
    return adminToken;
  }

  /** For an account that may do everything. */
  public Path kubeconfig() {
    return kubeconfig(adminToken);
  }

  /** For the account of a token. */
  public synchronized Path kubeconfig(String token) {
    Path file = folder.resolve("kubeconfig-" + Integer.toHexString(token.hashCode()));
    if (Files.exists(file)) return file;
    String text =
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: test
          cluster: {server: "%s", certificate-authority: "%s"}
        users:
        - name: test
          user: {token: "%s"}
        contexts:
        - name: test
          context: {cluster: test, user: test, namespace: default}
        current-context: test
        """
            .formatted(url(), certificateAuthority(), token);
    try {
      Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
      return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a namespace that no other test has, and says its name. */
  public String namespace(String prefix) {
    String name = prefix + "-" + names.incrementAndGet();
    create(
        "/api/v1/namespaces",
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}\
        """
            .formatted(name));
    return name;
  }

  /** A token, good for an hour, of a service account, which is made if it is not there. */
  public String serviceAccountToken(String namespace, String name) {
    String accounts = "/api/v1/namespaces/" + namespace + "/serviceaccounts";
    HttpResponse<String> made =
        http.send(
            "POST",
            accounts,
            adminToken,
            "application/json",
            """
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "%s"}}\
            """
                .formatted(name));
    if (made.statusCode() != 201 && made.statusCode() != 409) throw refused(accounts, made);
    String said =
        create(
            accounts + "/" + name + "/token",
            """
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
             "spec": {"expirationSeconds": 3600}}\
            """);
    Matcher matcher = TOKEN.matcher(said);
    if (!matcher.find()) throw new IllegalStateException("no token in " + said);
    return matcher.group(1);
  }

  /**
   * Asks the server as the administrator.
   *
   * @param path with its query, such as {@code /api/v1/pods?limit=1}
   * @param contentType of the body, such as {@code application/json} or {@code
   *     application/merge-patch+json}
   */
  public HttpResponse<String> send(String method, String path, String contentType, String body) {
    return http.send(method, path, adminToken, contentType, body);
  }

  /** The answer to a GET as the administrator; fails when it is not 200. */
  public String get(String path) {
    HttpResponse<String> answer = http.send("GET", path, adminToken, "application/json", "");
    if (answer.statusCode() != 200) throw refused(path, answer);
    return answer.body();
  }

  private String create(String path, String body) {
    HttpResponse<String> answer = send("POST", path, "application/json", body);
    if (answer.statusCode() != 201) throw refused(path, answer);
    return answer.body();
  }

  private static IllegalStateException refused(String path, HttpResponse<String> answer) {
    return new IllegalStateException(
        path + " was answered with " + answer.statusCode() + ": " + answer.body());
  }

  /** What a kubectl command of the administrator prints; fails when the command does. */
  public String kubectl(String... arguments) {
    return kubectlWith("", arguments);
  }

  /** Like {@link #kubectl}, with text on the standard input, for {@code -f -}. */
  public String kubectlWith(String input, String... arguments) {
    Kubectl.Said said = kubectlAs(adminToken, input, arguments);
    if (said.exit() != 0) {
      throw new IllegalStateException(
          "kubectl " + String.join(" ", arguments) + ": " + said.error().strip());
    }
    return said.output();
  }

  /** What a kubectl command of the account of a token prints and how it ends. */
  public Kubectl.Said kubectlAs(String token, String input, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(processes.program("kubectl").toString());
    command.add("--kubeconfig=" + kubeconfig(token));
    command.add("--cache-dir=" + folder.resolve("kubectl-cache"));
    command.addAll(List.of(arguments));
    return Kubectl.run(command, folder, input);
  }

  /**
   * Starts the garbage collector and the controller that empties deleted namespaces, unless they
   * run. Kinds that are installed afterwards are noticed within 30 seconds only. Needs {@link
   * Part#CONTROLLER_MANAGER}.
   */
  public synchronized void collectGarbage() {
    if (controllers != null && controllers.isAlive()) return;
    controllers = processes.startControllers(kubeconfig());
  }

  /** The end of what the API server has logged. */
  public String output() {
    return processes.tail("kube-apiserver.log");
  }

  /**
   * What service accounts have asked for so far and whether they were let: JSON texts, each an
   * Event of {@code audit.k8s.io/v1} with metadata only.
   */
  public List<String> audit() {
    return processes.lines("audit.log");
  }

  /** Process ids of etcd and the API server. */
  public List<Long> pids() {
    return processes.pids();
  }

  /** Kills all at once. */
  @Override
  public synchronized void close() {
    if (controllers != null) controllers.close();
    http.close();
    processes.close();
  }
}
