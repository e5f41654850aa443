package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Compilation;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.dataplane.admin.DebugPages;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.testkit.Browser;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.ergane.xds.server.GoneNode;
import io.ergane.xds.server.Nack;
import io.ergane.xds.server.NodeKind;
import io.ergane.xds.server.NodeStatus;
import io.ergane.xds.server.XdsStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a browser shows of a control plane's nodes. */
@NeedsPart(Part.BROWSER)
class ControlPlanePageTest {
  private static final String MARKUP = "<b id=injected>bold</b>";

  private final Instant now = Instant.now();

  private NodeStatus.OfType clusters(boolean live, String... rejected) {
    Nack nack =
        new Nack("n", "edge", TypeUrl.CLUSTER, "v2", List.of(rejected), MARKUP, List.of(), now);
    return new NodeStatus.OfType(
        TypeUrl.CLUSTER,
        true,
        true,
        1,
        "v1",
        now,
        live ? null : "v2",
        now,
        live,
        List.of(rejected),
        rejected.length == 0 ? null : nack,
        Map.of());
  }

  private NodeStatus node(String id, NodeStatus.OfType... types) {
    return new NodeStatus(
        id,
        "edge",
        NodeKind.EXT_PROC,
        "1.40.0",
        "/10.0.0.1:5",
        now.minus(Duration.ofHours(2)),
        null,
        Arrays.asList(types));
  }

  private String shown(List<NodeStatus> nodes, GoneNode... gone)
      throws IOException, InterruptedException {
    XdsStatus status =
        new XdsStatus(new TreeMap<>(Map.of(TypeUrl.CLUSTER, "v2")), now, nodes, List.of(gone));
    Map<String, AdminServer.Page> pages =
        DebugPages.ofControlPlane(() -> Compilation.EMPTY, () -> "");
    pages.put("/debug/xds", _ -> AdminServer.Answer.json(200, status.toJson().toString()));
    try (AdminServer server =
        new AdminServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            DebugPages.withIndex(pages))) {
      return Browser.shown("http://127.0.0.1:" + server.port() + "/");
    }
  }

  @Test
  void nodesAreShownWithWhatTheyRunAndThoseThatAreGoneWithTheTimeSince() throws Exception {
    GoneNode left =
        new GoneNode(
            "n-3", "edge", NodeKind.ENVOY, "1.39.0", "", now, now.minus(Duration.ofMinutes(7)));
    String page = shown(List.of(node("n-1", clusters(true)), node("n-2", clusters(false))), left);

    assertThat(page)
        .contains("refreshed")
        .contains("n-1", "ext-proc", "10.0.0.1:5", ">2 h<", "live</span> clusters")
        .contains("n-2", "sent</span> clusters", "1 of 2 nodes")
        .contains("n-3", "gone for", ">7 min<")
        .contains("No ModelRoute is in effect", "Nothing is rejected");
  }

  @Test
  void whatANodeRejectsIsShownWithItsOwnWordsAsText() throws Exception {
    String page = shown(List.of(node(MARKUP, clusters(false, "pool/default/chat"))));

    assertThat(page)
        .contains("pool/default/chat", "rejected</span> clusters", ">v1<")
        .contains("&lt;b id=injected&gt;")
        .doesNotContain(MARKUP);
  }
}
