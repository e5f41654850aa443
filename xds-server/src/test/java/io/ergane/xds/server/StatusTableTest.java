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

  private static NodeStatus stream(String node, boolean live) {
    NodeStatus.OfType clusters =
        new NodeStatus.OfType(
            TypeUrl.CLUSTER, true, true, 1, "v1", NOW, null, NOW, live, List.of(), null, Map.of());
    return new NodeStatus(
        node, "ergane", NodeKind.ENVOY, "1.40.0", "", NOW, null, List.of(clusters));
  }

  private static String table(NodeStatus... streams) {
    var published = new TreeMap<>(Map.of(TypeUrl.CLUSTER, "v1"));
    return StatusTable.render(new XdsStatus(published, NOW, List.of(streams)), NOW);
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
}
