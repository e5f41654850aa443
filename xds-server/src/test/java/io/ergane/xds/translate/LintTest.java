package io.ergane.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.ergane.core.compile.Diagnostic;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.translate.lint.Breach;
import io.ergane.xds.translate.lint.EnvoyLint;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The linter lets every translation pass and catches each of the breaches planted here. */
class LintTest {
  private static final Key LISTENER = new Key(TypeUrl.LISTENER, EnvoyNames.ERGANE);
  private static final Key ROUTES = new Key(TypeUrl.ROUTE, EnvoyNames.ERGANE);
  private static final Key POOL = new Key(TypeUrl.CLUSTER, "pool/default/chat");
  private static final Key SCHEDULER = new Key(TypeUrl.CLUSTER, EnvoyNames.SCHEDULER);

  private final ResourceSet sound = Case.named("two-pools").translate();

  static List<Case> cases() {
    return Case.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aTranslationPasses(Case arguments) {
    assertThat(EnvoyLint.check(arguments.translate())).isEmpty();
  }

  @Test
  void aBreachIsADiagnosticWithARemedy() {
    ResourceSet broken = cluster(POOL, Cluster.Builder::clearCircuitBreakers);

    assertThat(EnvoyLint.diagnose(broken))
        .hasSize(3)
        .allMatch(d -> d.severity() == Diagnostic.Severity.ERROR)
        .allMatch(d -> d.subject().equals("Envoy Cluster pool/default/chat"))
        .anyMatch(d -> d.message().startsWith("max_requests is 1024, Envoy's default"));
  }

  @Test
  void defaultCircuitBreakersAreRefused() {
    planted(
        "circuit-breakers",
        "max_connections is 1024",
        SCHEDULER,
        cluster(SCHEDULER, Cluster.Builder::clearCircuitBreakers));
  }

  @Test
  void aSmallClusterBufferIsRefused() {
    planted(
        "cluster-buffer",
        "32768 bytes",
        POOL,
        cluster(POOL, c -> c.setPerConnectionBufferLimitBytes(Protos.number(32768))));
  }

  @Test
  void aSecretThatDoesNotExistIsRefused() {
    ResourceSet secured = Case.named("schedulers-by-name-with-mutual-tls").translate();

    assertThat(EnvoyLint.check(without(secured, EnvoyNames.SCHEDULER_IDENTITY)))
        .extracting(Breach::rule, Breach::message)
        .containsExactly(
            tuple(
                "missing-secret",
                "its secret 'ergane-scheduler-identity' does not exist, so no connection is made; publish it."));
    assertThat(EnvoyLint.check(without(secured, EnvoyNames.SCHEDULER_AUTHORITY)))
        .extracting(Breach::rule)
        .containsExactly("missing-secret");
  }

  private static ResourceSet without(ResourceSet set, String secret) {
    return set.with(List.of(), List.of(new Key(TypeUrl.SECRET, secret)));
  }

  @Test
  void aServerThatIsNotVerifiedIsRefused() {
    planted(
        "unverified-server",
        "takes any certificate",
        SCHEDULER,
        cluster(SCHEDULER, c -> c.setTransportSocket(tls(CommonTlsContext.newBuilder()))));
    CommonTlsContext.Builder anyName = CommonTlsContext.newBuilder();
    anyName.getValidationContextBuilder().getTrustedCaBuilder().setFilename("ca.crt");
    planted(
        "unnamed-server",
        "any server",
        SCHEDULER,
        cluster(SCHEDULER, c -> c.setTransportSocket(tls(anyName))));
  }

  private static TransportSocket tls(CommonTlsContext.Builder common) {
    return EngineSockets.socket(
        UpstreamTlsContext.newBuilder().setCommonTlsContext(common).build());
  }

  @Test
  void twoSourcesOfTheChosenHostAreRefused() {
    planted(
        "override-sources",
        "2 sources",
        POOL,
        override(o -> o.addOverrideHostSourcesBuilder().setMetadata(Protos.lbKey("again"))));
  }

  @Test
  void aHeaderThatClientsCanSendIsRefused() {
    planted(
        "client-header",
        "x-destination",
        LISTENER,
        override(o ->
            o.setOverrideHostSources(
                0, OverrideHost.OverrideHostSource.newBuilder().setHeader("x-destination"))));
    planted(
        "client-header",
        EnvoyNames.POOL_HEADER,
        LISTENER,
        manager(HttpConnectionManager.Builder::clearEarlyHeaderMutationExtensions));
  }

  @Test
  void aRouteTimeoutIsRefused() {
    planted(
        "route-timeout",
        "15 s, Envoy's default",
        ROUTES,
        route(r -> r.getRouteBuilder().clearTimeout()));
    planted(
        "route-timeout",
        "after 60 s",
        ROUTES,
        route(r -> r.getRouteBuilder().setTimeout(Protos.millis(60_000))));
  }

  @Test
  void aShortIdleTimeoutIsRefused() {
    planted(
        "idle-timeout",
        "after 5 s",
        ROUTES,
        route(r -> r.getRouteBuilder().setIdleTimeout(Protos.millis(5_000))));
    planted(
        "idle-timeout",
        "after 5 s",
        LISTENER,
        manager(m -> m.setStreamIdleTimeout(Protos.millis(5_000))));
  }

  @Test
  void aMissingOrEarlyLastRouteIsRefused() {
    planted(
        "no-last-route",
        "'ergane'",
        ROUTES,
        routes(r -> {
          var host = r.getVirtualHostsBuilder(0);
          host.removeRoutes(host.getRoutesCount() - 1);
        }));
    planted(
        "unreachable-route",
        "pool/default/chat",
        ROUTES,
        route(r -> r.getMatchBuilder().clearHeaders()));
  }

  @Test
  void namesThatLeadNowhereAreRefused() {
    planted(
        "missing-cluster",
        "'pool/x'",
        ROUTES,
        route(r -> r.getRouteBuilder().setCluster("pool/x")));
    planted("missing-routes", "'ergane'", LISTENER, sound.with(List.of(), List.of(ROUTES)));
    planted(
        "missing-endpoints",
        "pool/default/chat",
        POOL,
        sound.with(List.of(), List.of(new Key(TypeUrl.ENDPOINT, POOL.name()))));
    planted("other-name", "'other'", POOL, cluster(POOL, c -> c.setName("other")));
  }

  @Test
  void aMissingOrSlowAccessLogIsRefused() {
    planted(
        "access-log",
        "is not told",
        LISTENER,
        manager(HttpConnectionManager.Builder::clearAccessLog));
    EnvoySettings.Scheduler scheduler = EnvoySettings.DEFAULT.scheduler();
    EnvoySettings slow =
        EnvoySettings.DEFAULT.withScheduler(
            new EnvoySettings.Scheduler(
                scheduler.addresses(), null, scheduler.timeout(), java.time.Duration.ofSeconds(2)));
    Case two = Case.named("two-pools");
    planted(
        "access-log",
        "up to 2 s",
        LISTENER,
        EnvoyTranslation.translate(two.image(), two.endpoints(), slow));
  }

  @Test
  void aSmallEventSizeIsRefused() {
    planted(
        "event-size",
        "8192, Envoy's default",
        LISTENER,
        filter(
            EnvoyNames.STREAM_USAGE_FILTER,
            SseToMetadata.getDefaultInstance(),
            f -> ((SseToMetadata.Builder) f).getResponseRulesBuilder().clearMaxEventSize()));
  }

  @Test
  void aShortMessageTimeoutIsRefused() {
    planted(
        "message-timeout",
        "200 ms",
        LISTENER,
        processor(ExternalProcessor.Builder::clearMessageTimeout));
  }

  @Test
  void aShortTimeForLongBodiesIsRefused() {
    planted(
        "long-body-timeout",
        "less time than the 37 s",
        LISTENER,
        processor(ExternalProcessor.Builder::clearMaxMessageTimeout));
  }

  @Test
  void anUnreceivedNamespaceIsRefused() {
    planted(
        "receiving-namespaces",
        "'envoy.lb'",
        LISTENER,
        processor(ExternalProcessor.Builder::clearMetadataOptions));
  }

  @Test
  void failingOpenIntoTheWrongPoolIsRefused() {
    planted("fail-open-pools", "2 pools", LISTENER, processor(p -> p.setFailureModeAllow(true)));
  }

  @Test
  void aProcessorThatIsNotThereOrDoesNotSpeakHttp2IsRefused() {
    planted(
        "processor-cluster", "does not exist", LISTENER, sound.with(List.of(), List.of(SCHEDULER)));
    planted(
        "processor-cluster",
        "HTTP/2",
        LISTENER,
        cluster(SCHEDULER, Cluster.Builder::clearTypedExtensionProtocolOptions));
  }

  @Test
  void modesThatBreakAreRefused() {
    planted(
        "trailer-mode",
        "without its trailers",
        LISTENER,
        processor(p ->
            p.getProcessingModeBuilder().setRequestBodyMode(BodySendMode.FULL_DUPLEX_STREAMED)));
    planted(
        "response-body",
        "every streamed token",
        LISTENER,
        processor(p -> p.getProcessingModeBuilder().setResponseBodyMode(BodySendMode.STREAMED)));
    planted(
        "early-reset",
        "response_header_mode SKIP",
        LISTENER,
        processor(p ->
            p.getProcessingModeBuilder()
                .setRequestBodyMode(BodySendMode.FULL_DUPLEX_STREAMED)
                .setRequestTrailerMode(HeaderSendMode.SEND)
                .setResponseHeaderMode(HeaderSendMode.SEND)));
    planted(
        "fail-open-streamed",
        "first piece",
        LISTENER,
        processor(p -> {
          p.setFailureModeAllow(true);
          p.getProcessingModeBuilder()
              .setRequestBodyMode(BodySendMode.FULL_DUPLEX_STREAMED)
              .setRequestTrailerMode(HeaderSendMode.SEND);
        }));
    planted(
        "cut-body-route",
        "crash",
        LISTENER,
        processor(
            p -> p.getProcessingModeBuilder().setRequestBodyMode(BodySendMode.BUFFERED_PARTIAL)));
  }

  @Test
  void aSmallBodyBufferIsRefused() {
    EnvoySettings small =
        EnvoySettings.DEFAULT
            .withBody(new EnvoySettings.Body(1000, 0))
            .withLimits(new EnvoySettings.Limits(100_000, 10_000, 65536, 65536, 128, 262144));
    Case two = Case.named("two-pools");

    planted(
        "body-buffer",
        "up to 65536 bytes",
        LISTENER,
        EnvoyTranslation.translate(two.image(), two.endpoints(), small));
  }

  private static void planted(String rule, String text, Key where, ResourceSet broken) {
    assertThat(EnvoyLint.check(broken))
        .filteredOn(breach -> breach.rule().equals(rule))
        .isNotEmpty()
        .allSatisfy(breach -> assertThat(breach.resource()).isEqualTo(where))
        .extracting(Breach::message)
        .anyMatch(message -> message.contains(text));
  }

  private <B extends Message.Builder> ResourceSet edited(Key key, Class<B> type, Consumer<B> edit) {
    B builder = type.cast(EnvoyText.message(Objects.requireNonNull(sound.get(key))).toBuilder());
    edit.accept(builder);
    return sound.with(List.of(Resource.of(key.name(), builder.build())), List.of());
  }

  private ResourceSet cluster(Key key, Consumer<Cluster.Builder> edit) {
    return edited(key, Cluster.Builder.class, edit);
  }

  private ResourceSet override(Consumer<OverrideHost.Builder> edit) {
    return cluster(
        POOL,
        cluster -> {
          var policy =
              cluster
                  .getLoadBalancingPolicyBuilder()
                  .getPoliciesBuilder(0)
                  .getTypedExtensionConfigBuilder();
          OverrideHost.Builder host =
              unpacked(policy.getTypedConfig(), OverrideHost.getDefaultInstance()).toBuilder();
          edit.accept(host);
          policy.setTypedConfig(Protos.any(host.build()));
        });
  }

  private ResourceSet routes(Consumer<RouteConfiguration.Builder> edit) {
    return edited(ROUTES, RouteConfiguration.Builder.class, edit);
  }

  private ResourceSet route(Consumer<Route.Builder> edit) {
    return routes(routes -> edit.accept(routes.getVirtualHostsBuilder(0).getRoutesBuilder(0)));
  }

  private ResourceSet manager(Consumer<HttpConnectionManager.Builder> edit) {
    return edited(
        LISTENER,
        Listener.Builder.class,
        listener -> {
          var filter = listener.getFilterChainsBuilder(0).getFiltersBuilder(0);
          HttpConnectionManager.Builder manager =
              unpacked(filter.getTypedConfig(), HttpConnectionManager.getDefaultInstance())
                  .toBuilder();
          edit.accept(manager);
          filter.setTypedConfig(Protos.any(manager.build()));
        });
  }

  private ResourceSet filter(String name, Message type, Consumer<Message.Builder> edit) {
    return manager(manager ->
        manager.getHttpFiltersBuilderList().stream()
            .filter(filter -> filter.getName().equals(name))
            .forEach(filter -> {
              Message.Builder config = unpacked(filter.getTypedConfig(), type).toBuilder();
              edit.accept(config);
              filter.setTypedConfig(Protos.any(config.build()));
            }));
  }

  private ResourceSet processor(Consumer<ExternalProcessor.Builder> edit) {
    return filter(
        EnvoyNames.DECISION_FILTER,
        ExternalProcessor.getDefaultInstance(),
        config -> edit.accept((ExternalProcessor.Builder) config));
  }

  @SuppressWarnings("unchecked")
  private static <M extends Message> M unpacked(Any any, M type) {
    try {
      return (M) any.unpack(type.getClass());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
