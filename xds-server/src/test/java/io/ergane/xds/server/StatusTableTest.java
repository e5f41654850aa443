package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.resource.TypeUrl;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What people are shown of nodes. */
class StatusTableTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static final String IMAGE_ENDPOINTS = "type.googleapis.com/ergane.image.v1.Endpoints";

  private static NodeStatus node(String id, NodeKind kind, String type, String... rejected) {
    var of =
        new NodeStatus.OfType(
            type, true, true, 1, "v1", NOW, null, NOW, true, List.of(rejected), null, Map.of());
    return new NodeStatus(id, "ergane", kind, "", "", NOW, null, List.of(of));
  }

  private static NodeStatus stream(String node, boolean live) {
    NodeStatus.OfType clusters =
        new NodeStatus.OfType(
            TypeUrl.CLUSTER, true, true, 1, "v1", NOW, null, NOW, live, List.of(), null, Map.of());
    return new NodeStatus(
        node, "ergane", NodeKind.ENVOY, "1.40.0", "", NOW, null, List.of(clusters));
  }

  private static String table(NodeStatus... streams) {
    var published = new TreeMap<>(Map.of(TypeUrl.CLUSTER, "v1"));
    return StatusTable.render(new XdsStatus(published, NOW, List.of(streams), List.of()), NOW);
  }

  @Test
  void aNodeWithTwoStreamsCountsOnce() {
    assertThat(table(stream("a", true), stream("a", true), stream("b", false)))
        .contains("live on 1 of 2 nodes");
  }

  @Test
  void aNodeIsLiveWhenAllItsStreamsAre() {
    assertThat(table(stream("a", false), stream("a", true))).contains("live on 0 of 1 nodes");
    assertThat(table(stream("a", true), stream("a", false))).contains("live on 0 of 1 nodes");
  }

  @Test
  void envoysAndOtherNodesHaveTablesOfTheirOwn() {
    String table =
        table(
            node("envoy-1", NodeKind.ENVOY, TypeUrl.ENDPOINT),
            node("ext-proc-1", NodeKind.EXT_PROC, IMAGE_ENDPOINTS));

    assertThat(table.lines().filter(line -> line.startsWith("NODE")))
        .hasSize(2)
        .allSatisfy(head -> assertThat(head).containsOnlyOnce("ENDPOINTS"));
    assertThat(table.lines().filter(line -> line.contains("live on 1 of 1 nodes"))).hasSize(2);
    assertThat(table.indexOf("envoy-1")).isLessThan(table.indexOf("ext-proc-1"));
  }

  @Test
  void anyNodesRejectionIsOneOfTheWhole() {
    var published = new TreeMap<>(Map.of(TypeUrl.CLUSTER, "v1"));
    NodeStatus well = node("a", NodeKind.ENVOY, TypeUrl.CLUSTER);
    NodeStatus ill = node("b", NodeKind.ENVOY, TypeUrl.CLUSTER, "pool/default/b");

    assertThat(new XdsStatus(published, NOW, List.of(well), List.of()).hasRejections()).isFalse();
    assertThat(new XdsStatus(published, NOW, List.of(well, ill), List.of()).hasRejections())
        .isTrue();
  }

  @Test
  void aNodeThatIsGoneIsListedBelowWithTheTimeSince() {
    GoneNode left =
        new GoneNode("envoy-2", "ergane", NodeKind.ENVOY, "1.40.0", "", NOW, NOW.minusSeconds(240));
    var published = new TreeMap<>(Map.of(TypeUrl.CLUSTER, "v1"));

    assertThat(StatusTable.render(new XdsStatus(published, NOW, List.of(), List.of(left)), NOW))
        .isEqualTo(
            """
            No node is connected.

            GONE     KIND   VERSION  SINCE
            envoy-2  envoy  1.40.0   4m
            """);
    assertThat(
            StatusTable.render(
                new XdsStatus(published, NOW, List.of(stream("a", true)), List.of(left)), NOW))
        .contains("live on 1 of 1 nodes")
        .endsWith("envoy-2  envoy  1.40.0   4m\n");
  }
}
