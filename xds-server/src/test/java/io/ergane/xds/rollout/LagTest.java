package io.ergane.xds.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.NodeKind;
import io.ergane.xds.server.NodeStatus;
import io.ergane.xds.server.XdsStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who is waited for. */
class LagTest {
  private static NodeStatus node(String id, NodeKind kind, NodeStatus.OfType... types) {
    return new NodeStatus(id, "", kind, "", "", Instant.EPOCH, null, List.of(types));
  }

  private static NodeStatus.OfType type(
      String type, String runs, boolean live, String... rejected) {
    return new NodeStatus.OfType(
        type, true, true, 1, runs, null, null, null, live, List.of(rejected), null, Map.of());
  }

  private static Lag lag(NodeStatus... nodes) {
    TreeMap<String, String> published = new TreeMap<>();
    List.of(TypeUrl.CLUSTER, TypeUrl.ENDPOINT, ImageTypes.HEAD)
        .forEach(type -> published.put(type, "new"));
    return Lag.of(new XdsStatus(published, Instant.EPOCH, List.of(nodes), List.of()));
  }

  @Test
  void whoRunsWhatIsPublishedDoesNotLag() {
    assertThat(
            lag(
                node("envoy", NodeKind.ENVOY, type(TypeUrl.CLUSTER, "new", true)),
                node("proxy", NodeKind.PROXY, type(ImageTypes.HEAD, "new", true))))
        .isEqualTo(Lag.NONE);
  }

  @Test
  void whoHasNotAnsweredLagsHoweverManyStreamsItHas() {
    NodeStatus mute = node("mute", NodeKind.ENVOY, type(TypeUrl.CLUSTER, "", false));
    NodeStatus cold = node("cold", NodeKind.ENVOY, type(TypeUrl.ENDPOINT, "new", false));

    assertThat(lag(mute, mute, cold)).isEqualTo(new Lag(2, 0));
  }

  @Test
  void whoWasNotToldYetLagsThoughItRunsAllThatItWasTold() {
    assertThat(
            lag(
                node("envoy", NodeKind.ENVOY, type(TypeUrl.CLUSTER, "old", true)),
                node("proxy", NodeKind.PROXY, type(ImageTypes.HEAD, "old", true)),
                node("scheduler", NodeKind.EXT_PROC, type(ImageTypes.HEAD, "old", true))))
        .isEqualTo(new Lag(1, 2));
  }

  @Test
  void whoseVersionIsOfTheNamesItAskedForIsAskedWhetherItIsLive() {
    assertThat(lag(node("envoy", NodeKind.ENVOY, type(TypeUrl.ENDPOINT, "its own", true))))
        .isEqualTo(Lag.NONE);
  }

  @Test
  void whoRejectsIsNotWaitedFor() {
    assertThat(lag(node("envoy", NodeKind.ENVOY, type(TypeUrl.CLUSTER, "old", false, "pool/a"))))
        .isEqualTo(Lag.NONE);
  }
}
