package io.ergane.xds.server.session;

import static io.ergane.xds.server.session.World.cluster;
import static io.ergane.xds.server.session.World.endpoints;
import static io.ergane.xds.server.session.World.listener;
import static io.ergane.xds.server.session.World.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final String A = "pool/default/a";
  private static final String B = "pool/default/b";
  private static final String CUSTOM = "type.googleapis.com/ergane.image.v1.Route";
  private static final long SECOND = 1_000_000_000L;

  private final Session session = new Session(SessionLimits.DEFAULT);
  private long now;

  private Catalog last = Catalog.of(ResourceSet.EMPTY);

  private Catalog catalog(Resource... resources) {
    last = last.replacedBy(ResourceSet.of(List.of(resources)));
    return last;
  }

  private Catalog onePool() {
    return catalog(cluster(A, "v1"), endpoints(A, "v1"), listener("v1"), route("v1", List.of(A)));
  }

  private void subscribe(String type, String... names) {
    assertThat(
            session.request(
                new Request.Delta(type, "", null, Names.of(List.of(names)), List.of(), Map.of()),
                now))
        .isNull();
  }

  private void whole(String type, String version, String nonce, String... names) {
    assertThat(
            session.request(
                new Request.Whole(type, version, nonce, null, Names.of(List.of(names))), now))
        .isNull();
  }

  private void answer(Push push, @Nullable String error) {
    assertThat(
            session.request(
                new Request.Delta(
                    push.typeUrl(), push.nonce(), error, Names.NONE, List.of(), Map.of()),
                now))
        .isNull();
  }

  private Push next() {
    Push push = session.next(now);
    assertThat(push).as("a response is due").isNotNull();
    return Objects.requireNonNull(push);
  }

  private void assertNothingDue() {
    assertThat(session.next(now)).isNull();
  }

  private Push expect(String type, String... names) {
    Push push = next();
    assertThat(push.typeUrl()).isEqualTo(type);
    assertThat(push.resources()).extracting(Resource::name).containsExactly(names);
    return push;
  }

  private void bringUp(Catalog catalog) {
    session.publish(catalog, now);
    subscribe(TypeUrl.CLUSTER);
    answer(next(), null);
    subscribe(TypeUrl.ENDPOINT, A);
    answer(next(), null);
    subscribe(TypeUrl.LISTENER);
    answer(next(), null);
    subscribe(TypeUrl.ROUTE, World.ROUTE);
    answer(next(), null);
    assertNothingDue();
  }

  @Test
  void nothingGoesOutBeforeTheFirstPublication() {
    subscribe(TypeUrl.CLUSTER);
    assertNothingDue();

    session.publish(onePool(), now);

    expect(TypeUrl.CLUSTER, A);
  }

  @Test
  void aWildcardOverNothingIsAnsweredOnce() {
    session.publish(Catalog.of(ResourceSet.EMPTY), now);
    subscribe(TypeUrl.LISTENER);

    answer(expect(TypeUrl.LISTENER), null);

    assertNothingDue();
  }

  @Test
  void aNewPoolGoesOutClustersThenEndpointsThenRoutes() {
    bringUp(onePool());

    session.publish(
        catalog(
            cluster(A, "v1"),
            endpoints(A, "v1"),
            cluster(B, "v1"),
            endpoints(B, "v1"),
            listener("v1"),
            route("v2", List.of(A, B))),
        now);

    Push clusters = expect(TypeUrl.CLUSTER, B);
    assertNothingDue();
    answer(clusters, null);
    assertNothingDue();
    subscribe(TypeUrl.ENDPOINT, B);
    Push endpoints = expect(TypeUrl.ENDPOINT, B);
    assertNothingDue();
    answer(endpoints, null);
    expect(TypeUrl.ROUTE, World.ROUTE);
  }

  @Test
  void aPoolThatIsGoneIsRemovedAfterTheRoutesAreAcknowledged() {
    bringUp(onePool());

    session.publish(catalog(listener("v1"), route("v2", List.of())), now);

    Push routes = expect(TypeUrl.ROUTE, World.ROUTE);
    assertNothingDue();
    answer(routes, null);
    Push clusters = next();
    assertThat(clusters.removed()).containsExactly(A);
    answer(clusters, null);
    assertThat(next().removed()).containsExactly(A);
  }

  @Test
  void whileRoutesAreRejectedOldClustersStay() {
    bringUp(onePool());
    session.publish(catalog(listener("v1"), route("bad", List.of())), now);
    answer(expect(TypeUrl.ROUTE, World.ROUTE), "no such thing");
    assertNothingDue();

    session.publish(catalog(listener("v1"), route("v3", List.of())), now);

    answer(expect(TypeUrl.ROUTE, World.ROUTE), null);
    assertThat(next().removed()).containsExactly(A);
  }

  @Test
  void wholeResponsesHoldOldClustersUntilRoutesAreAcknowledged() {
    session.publish(onePool(), now);
    whole(TypeUrl.CLUSTER, "", "");
    Push first = expect(TypeUrl.CLUSTER, A);
    whole(TypeUrl.CLUSTER, first.version(), first.nonce());
    whole(TypeUrl.ENDPOINT, "", "", A);
    Push endpoints = expect(TypeUrl.ENDPOINT, A);
    whole(TypeUrl.ENDPOINT, endpoints.version(), endpoints.nonce(), A);
    whole(TypeUrl.ROUTE, "", "", World.ROUTE);
    Push routes = expect(TypeUrl.ROUTE, World.ROUTE);
    whole(TypeUrl.ROUTE, routes.version(), routes.nonce(), World.ROUTE);
    assertNothingDue();

    session.publish(catalog(cluster(B, "v1"), endpoints(B, "v1"), route("v2", List.of(B))), now);

    Push both = expect(TypeUrl.CLUSTER, A, B);
    whole(TypeUrl.CLUSTER, both.version(), both.nonce());
    whole(TypeUrl.ENDPOINT, endpoints.version(), endpoints.nonce(), A, B);
    Push more = expect(TypeUrl.ENDPOINT, B);
    whole(TypeUrl.ENDPOINT, more.version(), more.nonce(), A, B);
    Push changed = expect(TypeUrl.ROUTE, World.ROUTE);
    whole(TypeUrl.ROUTE, changed.version(), changed.nonce(), World.ROUTE);
    expect(TypeUrl.CLUSTER, B);
  }

  @Test
  void aClusterThatChangesGetsItsEndpointsAgain() {
    bringUp(onePool());

    session.publish(
        catalog(cluster(A, "v2"), endpoints(A, "v1"), listener("v1"), route("v1", List.of(A))),
        now);

    answer(expect(TypeUrl.CLUSTER, A), null);
    answer(expect(TypeUrl.ENDPOINT, A), null);
    assertNothingDue();
  }

  @Test
  void endpointsDoNotWaitForAChangeUnderWay() {
    bringUp(onePool());
    Catalog catalog =
        catalog(cluster(A, "v2"), endpoints(A, "v1"), listener("v1"), route("v1", List.of(A)));
    session.publish(catalog, now);
    expect(TypeUrl.CLUSTER, A);
    answer(expect(TypeUrl.ENDPOINT, A), null);

    session.publish(catalog.changed(List.of(endpoints(A, "v2")), List.of()), now);

    expect(TypeUrl.ENDPOINT, A);
  }

  @Test
  void aNodeThatDoesNotAnswerGetsTheNewestWhenItDoes() {
    session.publish(catalog(endpoints(A, "v0")), now);
    subscribe(TypeUrl.ENDPOINT, A);
    Push first = next();
    Catalog catalog = catalog(endpoints(A, "v0"));
    for (int i = 1; i < 100; i++) {
      catalog = catalog.changed(List.of(endpoints(A, "v" + i)), List.of());
      session.publish(catalog, now);
      assertNothingDue();
    }

    answer(first, null);

    assertThat(next().resources()).containsExactly(endpoints(A, "v99"));
  }

  @Test
  void aBarrierThatIsNeverAcknowledgedIsGivenUpInTime() {
    bringUp(onePool());
    session.publish(
        catalog(cluster(A, "v2"), endpoints(A, "v1"), listener("v1"), route("v2", List.of(A))),
        now);
    expect(TypeUrl.CLUSTER, A);
    answer(expect(TypeUrl.ENDPOINT, A), null);
    assertNothingDue();
    assertThat(session.isWaiting()).isTrue();
    assertThat(session.waitingFor()).isEqualTo("acknowledgement of Cluster");
    session.drainEvents();

    now += 15 * SECOND;

    expect(TypeUrl.ROUTE, World.ROUTE);
    assertThat(session.drainEvents())
        .singleElement()
        .isInstanceOfSatisfying(
            Event.BarrierExpired.class,
            event -> assertThat(event.typeUrl()).isEqualTo(TypeUrl.CLUSTER));
  }

  @Test
  void unknownNoncesAcknowledgeNothing() {
    session.publish(catalog(endpoints(A, "v1")), now);
    subscribe(TypeUrl.ENDPOINT, A);
    Push first = next();
    session.publish(
        catalog(endpoints(A, "v1")).changed(List.of(endpoints(A, "v2")), List.of()), now);

    answer(new Push(TypeUrl.ENDPOINT, true, "", "never sent", List.of(), List.of()), null);
    assertNothingDue();
    answer(first, null);
    answer(first, "a late word on an old response");

    expect(TypeUrl.ENDPOINT, A);
    assertThat(session.drainEvents()).singleElement().isInstanceOf(Event.Acknowledged.class);
  }

  @Test
  void aNameThatDoesNotExistIsToldAbsentOnceAndSentWhenItAppears() {
    session.publish(catalog(endpoints(B, "v1")), now);
    subscribe(TypeUrl.ENDPOINT, A);
    Push absent = next();
    assertThat(absent.removed()).containsExactly(A);
    answer(absent, null);
    assertNothingDue();

    session.publish(
        catalog(endpoints(B, "v1")).changed(List.of(endpoints(A, "v1")), List.of()), now);

    expect(TypeUrl.ENDPOINT, A);
  }

  @Test
  void whoUnsubscribesHearsNoMoreAndWhoSubscribesAgainIsToldAgain() {
    Catalog catalog = catalog(endpoints(A, "v1"), endpoints(B, "v1"));
    session.publish(catalog, now);
    subscribe(TypeUrl.ENDPOINT, A, B);
    Push first = expect(TypeUrl.ENDPOINT, A, B);
    session.request(
        new Request.Delta(TypeUrl.ENDPOINT, first.nonce(), null, Names.NONE, List.of(A), Map.of()),
        now);
    session.publish(catalog.changed(List.of(endpoints(A, "v2")), List.of()), now);
    assertNothingDue();

    subscribe(TypeUrl.ENDPOINT, A, B);

    expect(TypeUrl.ENDPOINT, A, B);
  }

  @Test
  void aStarIsAWildcardForEveryTypeAndCanBeDropped() {
    Catalog catalog = catalog(endpoints(A, "v1"));
    session.publish(catalog, now);
    subscribe(TypeUrl.ENDPOINT, "*");
    Push first = expect(TypeUrl.ENDPOINT, A);
    session.request(
        new Request.Delta(
            TypeUrl.ENDPOINT, first.nonce(), null, Names.NONE, List.of("*"), Map.of()),
        now);

    session.publish(catalog.changed(List.of(endpoints(B, "v1")), List.of()), now);

    assertNothingDue();
  }

  @Test
  void anEmptyListOfNamesMeansAllOnlyBeforeNamesWereGiven() {
    session.publish(catalog(cluster(A, "v1"), cluster(B, "v1")), now);
    whole(TypeUrl.CLUSTER, "", "", A);
    Push first = expect(TypeUrl.CLUSTER, A);
    whole(TypeUrl.CLUSTER, first.version(), first.nonce());

    assertNothingDue();
  }

  @Test
  void aReconnectWithTheSameVersionsGetsNothing() {
    Catalog catalog = catalog(cluster(A, "v1"));
    session.publish(catalog, now);
    String version = cluster(A, "v1").version();
    session.request(
        new Request.Delta(TypeUrl.CLUSTER, "", null, Names.NONE, List.of(), Map.of(A, version)),
        now);
    assertNothingDue();
    assertThat(session.status(10)).singleElement().matches(SubscriptionStatus::live);

    Session other = new Session(SessionLimits.DEFAULT);
    other.publish(catalog, now);
    other.request(
        new Request.Whole(
            TypeUrl.CLUSTER, catalog.type(TypeUrl.CLUSTER).version(), "", null, Names.NONE),
        now);
    assertThat(other.next(now)).isNull();
  }

  @Test
  void whatWasDeletedDuringAnOutageIsRemovedOnceTheRoutesAreKnown() {
    session.publish(catalog(cluster(A, "v1")), now);
    session.request(
        new Request.Delta(
            TypeUrl.CLUSTER,
            "",
            null,
            Names.NONE,
            List.of(),
            Map.of(A, cluster(A, "v1").version(), B, "0000000000000000")),
        now);
    assertNothingDue();
    subscribe(TypeUrl.ROUTE);

    Push push = next();

    assertThat(push.resources()).isEmpty();
    assertThat(push.removed()).containsExactly(B);
  }

  @Test
  void theBadOneOfARejectedResponseIsFoundAndTheOthersArrive() {
    List<Resource> resources = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      resources.add(World.resource(CUSTOM, "r" + i, i == 5 ? "bad" : "good"));
    }
    session.publish(Catalog.of(ResourceSet.of(resources)), now);
    subscribe(CUSTOM);
    List<String> arrived = new ArrayList<>();
    int responses = 0;
    for (Push push = session.next(now); push != null; push = session.next(now)) {
      responses++;
      boolean bad = push.resources().stream().anyMatch(World::isBad);
      if (!bad) {
        push.resources().forEach(each -> arrived.add(each.name()));
      }
      answer(push, bad ? "one of them is no good" : null);
    }

    assertThat(arrived).containsExactlyInAnyOrder("r0", "r1", "r2", "r3", "r4", "r6", "r7");
    assertThat(responses).isEqualTo(7);
    assertThat(session.status(10)).singleElement().matches(each -> each.rejected().contains("r5"));
  }

  @Test
  void secretsGoOutOneByOneSoThatNoneIsSentAgainForTheFaultOfAnother() {
    session.publish(
        catalog(
            World.resource(TypeUrl.SECRET, "authority", "bad"),
            World.resource(TypeUrl.SECRET, "identity", "good")),
        now);
    subscribe(TypeUrl.SECRET, "authority", "identity");

    answer(expect(TypeUrl.SECRET, "authority"), "Invalid path");
    answer(expect(TypeUrl.SECRET, "identity"), null);

    assertNothingDue();
    assertThat(session.status(10))
        .singleElement()
        .matches(each -> each.rejected().equals(List.of("authority")));
  }

  @Test
  void largeDeltasAreCut() {
    Session small = new Session(new SessionLimits(32, 100, 100, 100, 10, SECOND));
    small.publish(
        catalog(
            World.resource(CUSTOM, "a", "12345678"),
            World.resource(CUSTOM, "b", "12345678"),
            World.resource(CUSTOM, "c", "a body above the limit")),
        now);
    small.request(new Request.Delta(CUSTOM, "", null, Names.NONE, List.of(), Map.of()), now);

    List<List<String>> responses = new ArrayList<>();
    for (Push push = small.next(now); push != null; push = small.next(now)) {
      responses.add(push.resources().stream().map(Resource::name).toList());
      small.request(
          new Request.Delta(CUSTOM, push.nonce(), null, Names.NONE, List.of(), Map.of()), now);
    }

    assertThat(responses).containsExactly(List.of("a"), List.of("b"), List.of("c"));
  }

  @Test
  void boundsAreRefusedInWords() {
    Session small = new Session(new SessionLimits(1, 2, 3, 100, 1000, SECOND));
    assertThat(small.request(delta(CUSTOM, "a", "b"), now)).isNull();
    assertThat(small.request(delta(CUSTOM, "c"), now))
        .isEqualTo(
            "the stream subscribes to 3 names; a stream may subscribe to 2. Subscribe to \"*\".");
    assertThat(small.request(delta(TypeUrl.CLUSTER), now)).contains("a stream may ask for 1");
    assertThat(
            new Session(new SessionLimits(1, 2, 3, 100, 1000, SECOND))
                .request(delta(CUSTOM, "x".repeat(101)), now))
        .contains("a name may have 100");
  }

  private static Request delta(String type, String... names) {
    return new Request.Delta(type, "", null, Names.of(List.of(names)), List.of(), Map.of());
  }

  @Test
  void removedEndpointsOfAPoolThatStaysAreRemoved() {
    bringUp(onePool());

    session.publish(onePool().changed(List.of(), List.of(new Key(TypeUrl.ENDPOINT, A))), now);

    assertThat(next().removed()).containsExactly(A);
  }
}
