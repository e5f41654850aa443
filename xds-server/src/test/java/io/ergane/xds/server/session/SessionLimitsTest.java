package io.ergane.xds.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What one stream may ask for. */
class SessionLimitsTest {
  private static final String CUSTOM = "type.googleapis.com/ergane.image.v1.Route";
  private static final SessionLimits SMALL = new SessionLimits(2, 3, 4, 100, 1000, 1_000_000_000L);

  private Session session = new Session(SMALL);

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "p" + i).toList();
  }

  private static Map<String, String> versions(int count) {
    return names(count).stream().collect(Collectors.toMap(name -> name, _ -> "1"));
  }

  private @Nullable String ask(
      String type, List<String> names, List<String> dropped, Map<String, String> versions) {
    return session.request(
        new Request.Delta(type, "", null, Names.of(names), dropped, versions), 0);
  }

  private @Nullable String ask(String type, String... names) {
    return ask(type, List.of(names), List.of(), Map.of());
  }

  @Test
  void aNodeThatComesBackIsTakenAsItWasTheFirstTime() {
    int most = SessionLimits.DEFAULT.names();
    session = new Session(SessionLimits.DEFAULT);
    assertThat(ask(TypeUrl.ENDPOINT, names(most), List.of(), Map.of())).isNull();

    session = new Session(SessionLimits.DEFAULT);
    assertThat(ask(TypeUrl.CLUSTER, List.of("*"), List.of(), versions(most))).isNull();
    assertThat(ask(TypeUrl.ENDPOINT, names(most), List.of(), versions(most))).isNull();
  }

  @Test
  void aNodeThatHasEverythingPublishedIsTaken() {
    List<Resource> all = names(50).stream().map(name -> World.resource(CUSTOM, name, "1")).toList();
    session.publish(Catalog.of(ResourceSet.of(all)), 0);

    assertThat(ask(CUSTOM, List.of(), List.of(), versions(50))).isNull();

    session = new Session(SMALL);
    assertThat(ask(CUSTOM, List.of(), List.of(), versions(5)))
        .isEqualTo(
            "the node comes with 5 resources; 4 are accepted. Restart it, so that it comes with none.");
  }

  @Test
  void versionsOfAllTypesCount() {
    assertThat(ask(TypeUrl.CLUSTER, List.of("*"), List.of(), versions(3))).isNull();
    assertThat(ask(TypeUrl.ENDPOINT, names(2), List.of(), versions(2))).contains("5 resources; 4");
  }

  @Test
  void namesThatAreKnownDoNotCountAgainAndDroppedOnesMakeRoom() {
    assertThat(ask(TypeUrl.ENDPOINT, "a", "b", "c")).isNull();
    assertThat(ask(TypeUrl.ENDPOINT, "a", "b", "c")).isNull();
    assertThat(ask(TypeUrl.ENDPOINT, List.of("d"), List.of("a", "a", "x"), Map.of())).isNull();
    assertThat(ask(TypeUrl.ENDPOINT, List.of("a", "b"), List.of("b"), Map.of()))
        .contains("subscribes to 4 names; a stream may subscribe to 3");
  }

  @Test
  void theRemedyIsOneThatTheStreamCanUse() {
    assertThat(ask(CUSTOM, "a", "b", "c", "d")).endsWith(" Subscribe to \"*\".");
    assertThat(ask(TypeUrl.ENDPOINT, "a", "b", "c", "d"))
        .endsWith(" Divide what is served among several control planes.");
    assertThat(ask(CUSTOM, "*")).isNull();
    assertThat(ask(CUSTOM, "a", "b", "c", "d")).endsWith(" too: name nothing beside it.");
  }
}
