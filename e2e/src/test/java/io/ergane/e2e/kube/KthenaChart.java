package io.ergane.e2e.kube;

import static io.ergane.e2e.kube.Serving.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.CommandLine;
import io.ergane.testkit.ApiServer;
import io.ergane.testkit.Ports;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What Kthena's chart installs into a namespace, and its two processes, each with Ergane's command
 * of that name in place of its image. They run on this machine: ports are free ones, {@code
 * /etc/tls} is a folder without anything in it, and the API server calls webhooks by URL, for there
 * is neither a pod network nor a Service network here.
 */
record KthenaChart(Namespace namespace, int routerWebhooks, int managerWebhooks)
    implements AutoCloseable {
  static final String ROUTER = "kthena-router";
  static final String MANAGER = "kthena-controller-manager";

  static final String BAD_ROUTE =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata: {name: bad}
      spec: {loraAdapters: [a, ''], rules: [{targetModels: [{modelServerName: chat}]}]}
      """;

  static final String BAD_SERVING =
      """
      apiVersion: workload.serving.volcano.sh/v1alpha1
      kind: ModelServing
      metadata: {name: bad}
      spec:
        template:
          roles:
          - name: decode
            workerReplicas: 2
            entryTemplate: {spec: {containers: [{name: engine, image: "a b"}]}}
      """;

  private static final String SECRETS = "/api/v1/namespaces/%s/secrets";
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/%s/deployments";

  static KthenaChart install() {
    KthenaChart chart = new KthenaChart(Namespace.create("kthena"), Ports.free(), Ports.free());
    for (String part : List.of("rbac", "webhooks", "deployments")) {
      chart.server().kubectlWith(chart.text(part), "apply", "-f", "-");
    }
    return chart;
  }

  private ApiServer server() {
    return namespace.server();
  }

  private String text(String part) {
    try {
      return Files.readString(Path.of("src/test/resources/kthena", part + ".yaml"))
          .replaceAll("\\bNAMESPACE\\b", namespace.name())
          .replace("ROUTER_PORT", Integer.toString(routerWebhooks))
          .replace("MANAGER_PORT", Integer.toString(managerWebhooks));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the process of a Deployment as its own account. */
  CommandLine start(Path folder, String name, String... options) throws IOException {
    return startAs(pod(name).getServiceAccountName(), folder, name, options);
  }

  /**
   * @param account in place of the Deployment's own
   * @param options in place of the arguments of the same names, or beside the arguments
   */
  CommandLine startAs(String account, Path folder, String name, String... options)
      throws IOException {
    Container container = pod(name).getContainers().getFirst();
    Map<String, String> arguments = new LinkedHashMap<>();
    container.getArgs().forEach(argument -> put(arguments, argument));
    local(name, folder).forEach(argument -> put(arguments, argument));
    List.of(options).forEach(argument -> put(arguments, argument));
    Map<String, String> environment = environment(container);
    String token = server().serviceAccountToken(namespace.name(), account);
    environment.put("KUBECONFIG", server().kubeconfig(token).toString());
    List<String> command = new ArrayList<>(List.of(name));
    arguments.forEach((flag, value) -> command.add(flag + "=" + value));
    return CommandLine.start(folder, environment, command.toArray(String[]::new));
  }

  private static void put(Map<String, String> arguments, String argument) {
    int sign = argument.indexOf('=');
    arguments.put(argument.substring(0, sign), argument.substring(sign + 1));
  }

  private PodSpec pod(String name) {
    String json = namespace.find(DEPLOYMENTS, name).orElseThrow().toString();
    return Serialization.unmarshal(json, Deployment.class).getSpec().getTemplate().getSpec();
  }

  private List<String> local(String name, Path folder) {
    return name.equals(ROUTER)
        ? List.of(
            "--port=0",
            "--debug-port=0",
            "--metrics-port=0",
            "--webhook-port=" + routerWebhooks,
            "--webhook-tls-cert-file=" + folder.resolve("tls.crt"),
            "--webhook-tls-private-key-file=" + folder.resolve("tls.key"),
            "--webhook-name=127.0.0.1")
        : List.of(
            "--port=" + managerWebhooks,
            "--tls-cert-file=" + folder.resolve("tls.crt"),
            "--tls-private-key-file=" + folder.resolve("tls.key"),
            "--webhook-name=127.0.0.1");
  }

  /** What a kubelet would set; ConfigMaps and Secrets that are optional are not there. */
  private Map<String, String> environment(Container container) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (EnvVar variable : container.getEnv()) {
      if (variable.getValue() != null) {
        environment.put(variable.getName(), variable.getValue());
      } else if (variable.getValueFrom().getFieldRef() != null) {
        environment.put(variable.getName(), namespace.name());
      }
    }
    return environment;
  }

  /** Until a process refuses a manifest that is bad. */
  void awaitAdmission(CommandLine process, String bad) {
    patiently()
        .untilAsserted(() ->
            assertThat(namespace.tryOut(bad)).as("%s", process).contains("validation failed:"));
  }

  /** {@code http://host:port} of a router. */
  static String base(CommandLine router) {
    return router.awaitErr("(http://127\\.0\\.0\\.1:\\d+)/v1");
  }

  /** Routers look at all namespaces; no route of another one has this model name. */
  String model() {
    return namespace.name();
  }

  /** What a Secret holds. */
  String secret(String name) {
    return namespace.find(SECRETS, name).orElseThrow().path("data").toString();
  }

  @Override
  public void close() {
    server().kubectlWith(text("webhooks"), "delete", "--ignore-not-found", "-f", "-");
  }
}
