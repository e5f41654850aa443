package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.e2e.CommandLine;
import io.ergane.testkit.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A control plane with everything that {@code deploy/} turns on: its account, webhooks, election.
 * Objects of one namespace come before its webhooks, by URL, for there is no Service network here.
 */
record InstalledControlPlane(Namespace namespace, CommandLine process) implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path WEBHOOKS = Path.of("..", "deploy", "webhooks.yaml");

  /** Above the time that a certificate takes to be made and to be trusted. */
  private static final Duration ADMITTING = Duration.ofSeconds(60);

  private static final String REFUSED =
      """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata: {name: refused}
      spec: {loraAdapters: [''], rules: [{targetModels: [{modelServerName: any}]}]}
      """;

  /** Returns when the API server asks it. */
  static InstalledControlPlane start(Path folder, Namespace namespace) throws IOException {
    int port = Ports.free();
    String[] options = {"--enable-webhook", "--webhook-port=" + port, "--webhook-name=127.0.0.1"};
    CommandLine process = RunningControlPlane.start(folder, options);
    InstalledControlPlane installed = new InstalledControlPlane(namespace, process);
    try {
      namespace.server().kubectlWith(configurations(namespace, port), "apply", "-f", "-");
      await()
          .atMost(ADMITTING)
          .untilAsserted(
              () -> assertThat(namespace.tryOut(REFUSED)).contains("validation failed:"));
      return installed;
    } catch (RuntimeException | Error e) {
      System.out.println(process);
      installed.close();
      throw e;
    }
  }

  private static String configurations(Namespace namespace, int port) throws IOException {
    String texts =
        namespace
            .server()
            .kubectl("create", "--dry-run=client", "-o", "json", "-f", WEBHOOKS.toString());
    ArrayNode items = JsonNodeFactory.instance.arrayNode();
    try (MappingIterator<JsonNode> all = JSON.readerFor(JsonNode.class).readValues(texts)) {
      all.forEachRemaining(items::add);
    }
    for (JsonNode configuration : items) {
      for (JsonNode hook : configuration.path("webhooks")) {
        ObjectNode client = (ObjectNode) hook.path("clientConfig");
        String path = client.at("/service/path").textValue();
        client.removeAll().put("url", "https://127.0.0.1:" + port + path);
        ((ObjectNode) hook)
            .putObject("namespaceSelector")
            .putObject("matchLabels")
            .put("kubernetes.io/metadata.name", namespace.name());
      }
    }
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    return list.put("apiVersion", "v1").put("kind", "List").set("items", items).toString();
  }

  @Override
  public void close() {
    process.terminate();
    namespace
        .server()
        .kubectl(
            "delete",
            "validatingwebhookconfiguration,mutatingwebhookconfiguration",
            Installation.ACCOUNT,
            "--ignore-not-found");
    process.close();
  }
}
