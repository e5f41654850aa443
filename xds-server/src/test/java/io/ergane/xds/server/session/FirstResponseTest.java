package io.ergane.xds.server.session;

import static io.ergane.xds.server.session.World.cluster;
import static io.ergane.xds.server.session.World.endpoints;
import static io.ergane.xds.server.session.World.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that has nothing gets all it asks for in one response, and single changes after it. */
class FirstResponseTest {
  private static final String A = "pool/default/a";
  private static final String B = "pool/default/b";
  private static final Names BOTH = Names.of(List.of(B, A));

  private Session session = new Session(SessionLimits.DEFAULT);
  private Catalog catalog =
      Catalog.of(
          ResourceSet.of(
              List.of(
                  cluster(A, "1"),
                  cluster(B, "1"),
                  endpoints(A, "1"),
                  endpoints(B, "1"),
                  route("1", List.of(B)))));

  private void ask(boolean delta, String type, Names names, String nonce, @Nullable String error) {
    Request request =
        delta
            ? new Request.Delta(
                type, nonce, error, nonce.isEmpty() ? names : Names.NONE, List.of(), Map.of())
            : new Request.Whole(type, "", nonce, error, names);
    assertThat(session.request(request, 0)).isNull();
  }

  private void unsubscribe(String name) {
    Request request =
        new Request.Delta(TypeUrl.ENDPOINT, "", null, Names.NONE, List.of(name), Map.of());
    assertThat(session.request(request, 0)).isNull();
  }

  private Push expect(String... names) {
    Push push = Objects.requireNonNull(session.next(0), "a response is due");
    assertThat(push.resources()).extracting(Resource::name).containsExactly(names);
    return push;
  }

  private void bringUp(boolean delta) {
    session.publish(catalog, 0);
    ask(delta, TypeUrl.CLUSTER, Names.NONE, "", null);
    ask(delta, TypeUrl.CLUSTER, Names.NONE, expect(A, B).nonce(), null);
    ask(delta, TypeUrl.ENDPOINT, BOTH, "", null);
    ask(delta, TypeUrl.ENDPOINT, BOTH, expect(A, B).nonce(), null);
    ask(delta, TypeUrl.ROUTE, Names.of(List.of(World.ROUTE)), "", null);
    ask(delta, TypeUrl.ROUTE, Names.of(List.of(World.ROUTE)), expect(World.ROUTE).nonce(), null);
    assertThat(session.next(0)).isNull();
    assertThat(session.isWaiting()).isFalse();
  }

  private void publish(List<Resource> changed, Key... removed) {
    catalog = catalog.changed(changed, List.of(removed));
    session.publish(catalog, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nodesThatAskForTheSameGetTheSameLists(boolean delta) {
    session.publish(catalog, 0);
    ask(delta, TypeUrl.CLUSTER, Names.NONE, "", null);
    ask(delta, TypeUrl.ENDPOINT, BOTH, "", null);
    Push endpoints = expect(A, B);
    Push clusters = expect(A, B);

    session = new Session(SessionLimits.DEFAULT);
    session.publish(catalog, 0);
    ask(delta, TypeUrl.CLUSTER, Names.NONE, "", null);
    ask(delta, TypeUrl.ENDPOINT, BOTH, "", null);

    assertThat(expect(A, B).resources()).isSameAs(endpoints.resources());
    assertThat(expect(A, B).resources()).isSameAs(clusters.resources());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatChangesBeforeTheResponseIsMadeIsInIt(boolean delta) {
    session.publish(catalog, 0);
    ask(delta, TypeUrl.ENDPOINT, BOTH, "", null);
    Resource changed = endpoints(A, "2");
    publish(List.of(changed));

    Push push = expect(A, B);

    assertThat(push.resources()).containsExactly(changed, endpoints(B, "1"));
    ask(delta, TypeUrl.ENDPOINT, BOTH, push.nonce(), null);
    assertThat(session.next(0)).isNull();
    assertThat(session.status(10)).singleElement().matches(SubscriptionStatus::live);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChangeWhileTheResponseIsUnansweredFollowsAlone(boolean delta) {
    session.publish(catalog, 0);
    ask(delta, TypeUrl.ENDPOINT, BOTH, "", null);
    Push first = expect(A, B);
    publish(List.of(endpoints(B, "2")));
    assertThat(session.next(0)).isNull();

    ask(delta, TypeUrl.ENDPOINT, BOTH, first.nonce(), null);
    ask(delta, TypeUrl.ENDPOINT, BOTH, expect(B).nonce(), null);

    assertThat(session.next(0)).isNull();
    SubscriptionStatus status = session.status(10).getFirst();
    assertThat(status.live()).isTrue();
    assertThat(status.resources()).isEqualTo(2);
    assertThat(status.versions())
        .containsEntry(A, endpoints(A, "1").version())
        .containsEntry(B, endpoints(B, "2").version());
  }

  @Test
  void ofARejectedResponseTheGoodPartGoesOutAgainAlone() {
    session.publish(catalog, 0);
    ask(true, TypeUrl.ENDPOINT, BOTH, "", null);
    ask(true, TypeUrl.ENDPOINT, BOTH, expect(A, B).nonce(), "bad: " + B);
    ask(true, TypeUrl.ENDPOINT, BOTH, expect(A).nonce(), null);

    assertThat(session.next(0)).isNull();
    SubscriptionStatus status = session.status(10).getFirst();
    assertThat(status.rejected()).containsExactly(B);
    assertThat(status.versions()).containsOnlyKeys(A);
  }

  @Test
  void aNameThatIsDroppedAndAskedForAgainIsSentAgain() {
    bringUp(true);
    unsubscribe(A);
    assertThat(session.next(0)).isNull();
    publish(List.of(endpoints(A, "2"), endpoints(B, "2")));
    ask(true, TypeUrl.ENDPOINT, BOTH, expect(B).nonce(), null);

    ask(true, TypeUrl.ENDPOINT, Names.of(List.of(A)), "", null);

    ask(true, TypeUrl.ENDPOINT, BOTH, expect(A).nonce(), null);
    assertThat(session.next(0)).isNull();
  }

  @Test
  void aNameThatIsDroppedBeforeTheAnswerIsForgotten() {
    session.publish(catalog, 0);
    ask(true, TypeUrl.ENDPOINT, BOTH, "", null);
    Push first = expect(A, B);
    unsubscribe(A);
    ask(true, TypeUrl.ENDPOINT, BOTH, first.nonce(), null);

    assertThat(session.status(10).getFirst().versions()).containsOnlyKeys(B);
    assertThat(session.next(0)).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsGoneAndComesBackIsRemovedAndSentAgain(boolean delta) {
    bringUp(delta);
    publish(List.of(), new Key(TypeUrl.CLUSTER, A), new Key(TypeUrl.ENDPOINT, A));
    Push push = expect(delta ? new String[0] : new String[] {B});
    assertThat(push.removed()).isEqualTo(delta ? List.of(A) : List.of());
    ask(delta, TypeUrl.CLUSTER, Names.NONE, push.nonce(), null);
    for (Push next = session.next(0); next != null; next = session.next(0)) {
      ask(delta, next.typeUrl(), BOTH, next.nonce(), null);
    }

    publish(List.of(cluster(A, "1"), endpoints(A, "1")));

    Push endpoints = expect(A);
    assertThat(endpoints.typeUrl()).isEqualTo(TypeUrl.ENDPOINT);
    ask(delta, TypeUrl.ENDPOINT, BOTH, endpoints.nonce(), null);
    Push clusters = expect(delta ? new String[] {A} : new String[] {A, B});
    assertThat(clusters.typeUrl()).isEqualTo(TypeUrl.CLUSTER);
  }
}
