package io.ergane.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.testkit.Goldens;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvoyTranslationTest {
  private static final Goldens GOLDENS = Goldens.in("envoy");
  private static final ObjectName CHAT = new ObjectName("default", "chat");
  private static final List<String> APART =
      List.of("http_filters", "local_reply_config", "access_log");

  private static JsonNode tree(ResourceSet set, String type, String name) {
    Resource resource = Objects.requireNonNull(set.get(new Key(type, name)));
    return EnvoyText.tree(EnvoyText.message(resource));
  }

  private static JsonNode listener(String name) {
    return tree(Case.named(name).translate(), TypeUrl.LISTENER, EnvoyNames.ERGANE);
  }

  private static ObjectNode connectionManager(String name) {
    return (ObjectNode) listener(name).at("/filter_chains/0/filters/0/typed_config");
  }

  private static JsonNode routes(String name) {
    return tree(Case.named(name).translate(), TypeUrl.ROUTE, EnvoyNames.ERGANE);
  }

  private static void golden(String name, JsonNode tree) {
    GOLDENS.check(name + ".yaml", EnvoyText.yaml(tree));
  }

  static List<Case> cases() {
    return Case.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalArgumentsGiveEqualBytes(Case arguments) {
    Case again = Case.named(arguments.name());

    assertThat(again.translate().all()).isEqualTo(arguments.translate().all());
  }

  @Test
  void theOrderOfPoolsDoesNotMatter() {
    Pool chat = Case.pool("chat", TrafficPolicy.DEFAULT);
    Pool code = Case.pool("code", TrafficPolicy.DEFAULT);

    assertThat(Case.of("", EnvoySettings.DEFAULT, chat, code).translate())
        .isEqualTo(Case.of("", EnvoySettings.DEFAULT, code, chat).translate());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aPoolHasOneClusterAndOneSetOfEndpointsOfOneName(Case arguments) {
    ResourceSet set = arguments.translate();

    assertThat(set.ofType(TypeUrl.ENDPOINT).keySet())
        .containsExactlyElementsOf(
            arguments.image().pools().keySet().stream().map(EnvoyNames::pool).toList());
    assertThat(set.ofType(TypeUrl.CLUSTER).keySet())
        .containsAll(set.ofType(TypeUrl.ENDPOINT).keySet())
        .contains(EnvoyNames.SCHEDULER)
        .hasSize(
            arguments.image().pools().size() + SchedulerCluster.all(arguments.settings()).size());
  }

  @Test
  void theShortPathGivesTheBytesOfTheWholeTranslation() {
    Case two = Case.named("two-pools");
    ResourceSet set = two.translate();

    two.endpoints()
        .values()
        .forEach(table -> {
          Resource alone = EnvoyTranslation.endpoints(table);
          assertThat(set.get(alone.key())).isEqualTo(alone);
        });
  }

  @Test
  void oneEndpointMovesOneResource() {
    Case before = Case.named("two-pools");
    TreeMap<ObjectName, EndpointTable> changed = new TreeMap<>(before.endpoints());
    changed.put(CHAT, Case.table(CHAT, "127.0.0.2"));

    List<Resource> moved =
        new java.util.ArrayList<>(
            EnvoyTranslation.translate(before.image(), changed, before.settings()).all());
    moved.removeAll(before.translate().all());

    assertThat(moved)
        .extracting(Resource::key)
        .containsExactly(new Key(TypeUrl.ENDPOINT, "pool/default/chat"));
  }

  @Test
  void aPoolWithoutEndpointsHasAnEmptySetOfThem() {
    Case one = Case.named("default");
    ResourceSet set = EnvoyTranslation.translate(one.image(), new TreeMap<>(), one.settings());

    assertThat(tree(set, TypeUrl.ENDPOINT, "pool/default/chat").toString())
        .isEqualTo("{\"cluster_name\":\"pool/default/chat\"}");
  }

  @Test
  void endpointsWithTlsAreMarkedAndThoseWithANameCarryIt() {
    ObjectName pod = new ObjectName("default", "chat-0");
    EndpointTable table =
        new EndpointTable(
            CHAT,
            List.of(
                new Endpoint(pod, "10.0.0.7", 8000, false),
                new Endpoint(pod, "10.0.0.8", 8443, true),
                new Endpoint(pod, "fd00::7", 8000, false),
                new Endpoint(pod, "found.example", 8000, false, "10.0.0.9"),
                new Endpoint(pod, "found.example", 8443, true, "fd00::9"),
                new Endpoint(pod, "engine.example", 8000, false)));

    golden("endpoints", EnvoyText.tree(EnvoyText.message(EnvoyTranslation.endpoints(table))));
    assertThat(
            EnvoyTranslation.diagnose(
                Case.named("default").image(),
                new TreeMap<>(java.util.Map.of(CHAT, table)),
                EnvoySettings.DEFAULT))
        .singleElement()
        .asString()
        .contains("default/chat-0", "'engine.example'", "IP address");
  }

  @Test
  void aPoolsClusterObeysTheScheduler() {
    golden(
        "pool-cluster",
        tree(Case.named("default").translate(), TypeUrl.CLUSTER, "pool/default/chat"));
  }

  @Test
  void theSchedulerIsCalledByAddress() {
    golden(
        "scheduler-cluster",
        tree(Case.named("default").translate(), TypeUrl.CLUSTER, EnvoyNames.SCHEDULER));
  }

  @Test
  void eachOfSeveralSchedulersHasAnAccessLogOfItsOwn() {
    ResourceSet translated = Case.named("schedulers-by-address-with-tls").translate();

    for (String log :
        List.of("ergane-scheduler-log/10.0.0.5:9002", "ergane-scheduler-log/[fd00::5]:9002")) {
      JsonNode cluster = tree(translated, TypeUrl.CLUSTER, log);
      assertThat(cluster.at("/load_assignment/endpoints/0/lb_endpoints")).hasSize(1);
      assertThat(cluster.at("/transport_socket/name").asText()).contains("tls");
    }
    assertThat(
            listener("schedulers-by-address-with-tls").findValues("grpc_service").stream()
                .map(to -> to.at("/envoy_grpc/cluster_name").asText()))
        .containsExactlyInAnyOrder(
            EnvoyNames.SCHEDULER,
            "ergane-scheduler-log/10.0.0.5:9002",
            "ergane-scheduler-log/[fd00::5]:9002");
  }

  @Test
  void schedulersAreCalledByNameWithMutualTls() {
    JsonNode cluster =
        tree(
            Case.named("schedulers-by-name-with-mutual-tls").translate(),
            TypeUrl.CLUSTER,
            EnvoyNames.SCHEDULER);

    assertThat(cluster.at("/type").asText()).isEqualTo("STRICT_DNS");
    golden("scheduler-transport-socket", cluster.at("/transport_socket"));
    golden(
        "scheduler-authority",
        secret("schedulers-by-name-with-mutual-tls", EnvoyNames.SCHEDULER_AUTHORITY));
    golden(
        "scheduler-identity",
        secret("schedulers-by-name-with-mutual-tls", EnvoyNames.SCHEDULER_IDENTITY));
  }

  private static JsonNode secret(String of, String name) {
    return tree(Case.named(of).translate(), TypeUrl.SECRET, name);
  }

  @Test
  void schedulersThatAreCalledByAddressMustHaveOneOfTheAddressesInTheirCertificate() {
    String name = "schedulers-by-address-with-tls";

    golden(
        "scheduler-transport-socket-by-address",
        tree(Case.named(name).translate(), TypeUrl.CLUSTER, EnvoyNames.SCHEDULER)
            .at("/transport_socket"));
    golden("scheduler-authority-by-address", secret(name, EnvoyNames.SCHEDULER_AUTHORITY));
    assertThat(Case.named(name).translate().ofType(TypeUrl.SECRET)).hasSize(1);
  }

  @Test
  void aChainAndAKeyOfTwoFoldersAreWatchedFileByFile() {
    EnvoySettings.Scheduler scheduler = EnvoySettings.DEFAULT.scheduler();
    EnvoySettings.Identity apart = new EnvoySettings.Identity("/certs/tls.crt", "/keys/tls.key");
    EnvoySettings settings =
        EnvoySettings.DEFAULT.withScheduler(
            new EnvoySettings.Scheduler(
                scheduler.addresses(),
                new EnvoySettings.ClientTls("/ca.crt", List.of("127.0.0.1"), apart),
                scheduler.timeout(),
                scheduler.logInterval()));
    ResourceSet set = Case.of("", settings).translate();

    assertThat(tree(set, TypeUrl.SECRET, EnvoyNames.SCHEDULER_IDENTITY).at("/tls_certificate"))
        .hasToString(
            "{\"certificate_chain\":{\"filename\":\"/certs/tls.crt\"},\"private_key\":{\"filename\":\"/keys/tls.key\"}}");
    assertThat(
            tree(set, TypeUrl.SECRET, EnvoyNames.SCHEDULER_AUTHORITY)
                .at("/validation_context/watched_directory/path")
                .asText())
        .isEqualTo("/");
  }

  @Test
  void theConnectionManagerTrustsNothingThatClientsSend() {
    golden("connection-manager", connectionManager("default").without(APART));
  }

  @Test
  void aRequestIsBoundedThenDecidedThenItsUsageRead() {
    golden("http-filters", connectionManager("default").get("http_filters"));
  }

  @Test
  void ofLongBodiesTheBeginningIsSent() {
    ObjectNode both = connectionManager("long-bodies").objectNode();
    ObjectNode manager = connectionManager("long-bodies");
    both.set(
        "per_connection_buffer_limit_bytes",
        listener("long-bodies").get("per_connection_buffer_limit_bytes"));
    both.set("early_header_mutation_extensions", manager.get("early_header_mutation_extensions"));
    both.set("http_filters", manager.get("http_filters"));
    both.set("routes", routes("long-bodies"));
    golden("long-bodies", both);
  }

  @Test
  void errorsOfEnvoysOwnHaveTheShapeOfTheApi() {
    golden("local-replies", connectionManager("default").get("local_reply_config"));
  }

  @Test
  void errorsOfEnvoysOwnAreBareStringsForKthenasClients() {
    golden("local-replies-kthena", connectionManager("kthena-errors").get("local_reply_config"));
  }

  @Test
  void everyRequestIsLoggedToTheScheduler() {
    golden("access-log", connectionManager("default").get("access_log"));
  }

  @Test
  void aPoolHeaderLeadsToItsPool() {
    golden("routes", routes("two-pools"));
  }

  @Test
  void aTrafficPolicyBecomesARetryPolicy() {
    golden("retry-policy", routes("traffic-policy").at("/virtual_hosts/0/routes/0/route"));
  }

  @Test
  void withOnePoolRequestsGoOnWithoutAScheduler() {
    assertThat(connectionManager("fail-open").at("/http_filters/2/typed_config/failure_mode_allow"))
        .hasToString("true");
    golden("routes-fail-open", routes("fail-open").at("/virtual_hosts/0/routes"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"two-pools", "nothing-served"})
  void otherwiseFailOpenIsNotObeyedAndSaysSo(String name) {
    Case several = Case.named(name);
    EnvoySettings open = several.settings().withFailOpen(true);

    assertThat(EnvoyTranslation.translate(several.image(), several.endpoints(), open))
        .isEqualTo(several.translate());
    assertThat(EnvoyTranslation.diagnose(several.image(), several.endpoints(), open))
        .singleElement()
        .asString()
        .contains("fail-open", several.image().pools().size() + " pools");
  }

  @Test
  void theListenerSpeaksTls() {
    ObjectNode chain = (ObjectNode) listener("listener-tls").at("/filter_chains/0");
    ObjectNode listener = (ObjectNode) listener("listener-tls");
    listener.set("filter_chains", chain.without("filters"));
    golden("listener-tls", listener);
  }
}
