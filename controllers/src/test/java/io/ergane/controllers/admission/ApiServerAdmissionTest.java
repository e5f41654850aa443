package io.ergane.controllers.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.ergane.api.ObjectName;
import io.ergane.controllers.admission.certificates.CertificateSource;
import io.ergane.controllers.admission.certificates.Certificates;
import io.ergane.controllers.admission.certificates.Identity;
import io.ergane.controllers.admission.certificates.Terms;
import io.ergane.testkit.ApiServer;
import io.ergane.testkit.Kubectl;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The webhooks as a real API server calls them, by URL: there is no Service network here. */
@NeedsPart(Part.API_SERVER)
class ApiServerAdmissionTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final ObjectMapper JSON = new ObjectMapper();

  @SuppressWarnings("NullAway.Init")
  private static Hooks hooks;

  @SuppressWarnings("NullAway.Init")
  private static ApiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = ApiServer.start();
    List<String> kinds = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("../deploy/crds"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".yaml")).toList()) {
        JsonNode definition = YAML.readTree(file.toFile());
        kinds.add(definition.at("/metadata/name").textValue());
        server.kubectlWith(loose(definition).toString(), "create", "-f", "-");
      }
    }
    kinds.forEach(kind -> server.kubectl("wait", "--for=condition=Established", "crd/" + kind));
    hooks = Hooks.start("admission", Terms.DEFAULT);
  }

  /** A definition that takes any spec: what is refused then, the webhooks refuse. */
  private static JsonNode loose(JsonNode definition) {
    for (JsonNode version : definition.at("/spec/versions")) {
      ObjectNode schema = (ObjectNode) version.at("/schema/openAPIV3Schema");
      schema.removeAll();
      schema.put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
      ((ObjectNode) version).remove("subresources");
    }
    return definition;
  }

  @AfterAll
  static void stop() {
    if (hooks != null) {
      hooks.close();
    }
    server.close();
  }

  static List<Rejection> rejections() {
    return Rejection.all();
  }

  @ParameterizedTest
  @MethodSource("rejections")
  void whatKthenaRefusesIsRefusedByTheApiServer(Rejection rejection) throws IOException {
    HttpResponse<String> answer = hooks.create(rejection.webhook(), rejection.manifest());

    assertThat(answer.statusCode()).isBetween(400, 499);
    assertThat(JSON.readTree(answer.body()).path("message").textValue())
        .startsWith(
            "admission webhook \"%s\" denied the request: validation failed:\n  - "
                .formatted(rejection.webhook().hookName()))
        .contains(rejection.literal());
  }

  @Test
  void kubectlShowsEveryFindingOnALineOfItsOwn() {
    String route =
        """
        apiVersion: networking.serving.volcano.sh/v1alpha1
        kind: ModelRoute
        metadata: {name: refused, namespace: %s}
        spec: {rules: [{targetModels: [{weight: 3}]}]}
        """
            .formatted(hooks.namespace);

    Kubectl.Said said = server.kubectlAs(server.adminToken(), route, "create", "-f", "-");

    assertThat(said.error())
        .contains(
            "validation failed:\n  - spec: either modelName",
            "\n  - spec.rules[0].targetModels[0]: exactly one of");
  }

  @Test
  void aGoodObjectIsStoredAndDeleted() throws IOException {
    HttpResponse<String> created = hooks.create(Webhook.MODEL_ROUTE, Hooks.route("good"));
    assertThat(created.statusCode()).isEqualTo(201);

    HttpResponse<String> deleted =
        server.send("DELETE", hooks.path(Webhook.MODEL_ROUTE) + "/good", "application/json", "");

    assertThat(deleted.statusCode()).isEqualTo(200);
  }

  @Test
  void theSecretIsOfTheKindThatKthenasChartMounts() throws IOException {
    var secret =
        JSON.readTree(
            server.get("/api/v1/namespaces/" + hooks.namespace + "/secrets/" + Hooks.SECRET));

    assertThat(secret.path("type").textValue()).isEqualTo("kubernetes.io/tls");
    assertThat(secret.path("data").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("tls.crt", "tls.key", "ca.crt");
  }

  @Test
  void certificatesAreRotatedWhileAdmissionsRunAndNoneFails() throws Exception {
    Terms terms =
        new Terms(
            Duration.ofHours(1),
            304.0 / 3900,
            Duration.ofDays(3650),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(200));
    try (Hooks rotating = Hooks.start("rotation", terms)) {
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger admitted = new AtomicInteger();
      List<CompletableFuture<List<String>>> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        clients.add(CompletableFuture.supplyAsync(() -> rotating.admit(over, admitted)));
      }
      Set<Identity> shown = new LinkedHashSet<>();
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> {
            Identity identity = rotating.certificates.keys().current();
            if (identity != null) {
              shown.add(identity);
            }
            return shown.size() >= 3 && rotating.trusted() == 1;
          });
      over.set(true);

      assertThat(clients).allSatisfy(client -> assertThat(client.join()).isEmpty());
      assertThat(admitted).hasValueGreaterThan(20);
    }
  }

  /** A server for all webhooks, and their configuration for one namespace. */
  private static final class Hooks implements AutoCloseable {
    static final String SECRET = "kthena-router-webhook-certs";

    final String namespace;
    final Certificates certificates;
    private final KubernetesClient client;
    private final WebhookServer listener;

    static Hooks start(String prefix, Terms terms) throws IOException {
      return new Hooks(server.namespace(prefix), terms);
    }

    private Hooks(String namespace, Terms terms) throws IOException {
      this.namespace = namespace;
      Config config = Config.fromKubeconfig(server.kubeconfig().toFile());
      client = new KubernetesClientBuilder().withConfig(config).build();
      CertificateSource source =
          new CertificateSource(
              null,
              false,
              new ObjectName(namespace, SECRET),
              new ObjectName(namespace, "hooks"),
              List.of("127.0.0.1"),
              List.of("none-of-this-name", namespace),
              List.of(namespace),
              terms);
      certificates = Certificates.keep(source, client);
      listener =
          WebhookServer.start(
              WebhookSettings.DEFAULT.at("127.0.0.1", 0),
              new Reviews(EnumSet.allOf(Webhook.class), new ClusterNeighbours(client)),
              certificates.keys());
      configure("ValidatingWebhookConfiguration", false);
      configure("MutatingWebhookConfiguration", true);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(create(Webhook.MODEL_ROUTE, refused()).body())
                  .contains("denied the request"));
    }

    private void configure(String kind, boolean mutating) {
      ObjectNode configuration = JSON.createObjectNode();
      configuration.put("apiVersion", "admissionregistration.k8s.io/v1").put("kind", kind);
      configuration.putObject("metadata").put("name", namespace);
      ArrayNode hooks = configuration.putArray("webhooks");
      for (Webhook webhook : Webhook.values()) {
        if (webhook.mutates() == mutating) {
          ObjectNode hook = hooks.addObject();
          hook.put("name", webhook.hookName()).put("sideEffects", "None");
          hook.put("failurePolicy", "Fail").put("timeoutSeconds", 30);
          hook.putArray("admissionReviewVersions").add("v1");
          hook.putObject("clientConfig")
              .put("url", "https://127.0.0.1:" + listener.port() + webhook.path());
          hook.putObject("namespaceSelector")
              .putObject("matchLabels")
              .put("kubernetes.io/metadata.name", namespace);
          ObjectNode rule = hook.putArray("rules").addObject();
          rule.putArray("operations").add("CREATE").add("UPDATE");
          rule.putArray("apiGroups").add(webhook.group());
          rule.putArray("apiVersions").add("v1alpha1");
          rule.putArray("resources").add(webhook.resource());
        }
      }
      server.kubectlWith(configuration.toString(), "create", "-f", "-");
    }

    static String route(String name) {
      return """
      apiVersion: networking.serving.volcano.sh/v1alpha1
      kind: ModelRoute
      metadata: {name: %s}
      spec: {modelName: m, rules: [{targetModels: [{modelServerName: a}]}]}
      """
          .formatted(name);
    }

    private static String refused() {
      return route("refused").replace("modelName: m, ", "");
    }

    String path(Webhook webhook) {
      return "/apis/%s/v1alpha1/namespaces/%s/%s"
          .formatted(webhook.group(), namespace, webhook.resource());
    }

    HttpResponse<String> create(Webhook webhook, String manifest) throws IOException {
      return create(webhook, manifest, "");
    }

    private HttpResponse<String> create(Webhook webhook, String manifest, String query)
        throws IOException {
      String body = YAML.readTree(manifest).toString();
      return server.send("POST", path(webhook) + query, "application/json", body);
    }

    /** Admits and refuses objects until it is over; what went wrong. */
    List<String> admit(AtomicBoolean over, AtomicInteger admitted) {
      List<String> wrong = new ArrayList<>();
      try {
        while (!over.get() && wrong.size() < 10) {
          HttpResponse<String> good = create(Webhook.MODEL_ROUTE, route("x"), "?dryRun=All");
          HttpResponse<String> bad = create(Webhook.MODEL_ROUTE, refused(), "?dryRun=All");
          if (good.statusCode() != 201) {
            wrong.add(good.body());
          }
          if (!bad.body().contains("either modelName or loraAdapters must be specified")) {
            wrong.add(bad.body());
          }
          admitted.addAndGet(2);
        }
      } catch (IOException e) {
        wrong.add(e.toString());
      }
      return wrong;
    }

    /** How many authorities the API server trusts. */
    int trusted() throws IOException {
      String configuration =
          server.get(
              "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/" + namespace);
      String bundle = JSON.readTree(configuration).at("/webhooks/0/clientConfig/caBundle").asText();
      String pem = new String(Base64.getDecoder().decode(bundle), StandardCharsets.US_ASCII);
      return pem.split("BEGIN CERTIFICATE", -1).length - 1;
    }

    @Override
    public void close() {
      for (String kind :
          List.of("validatingwebhookconfiguration", "mutatingwebhookconfiguration")) {
        server.kubectl("delete", kind, namespace);
      }
      listener.close();
      certificates.close();
      client.close();
    }
  }
}
