package io.ergane.xds.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Diagnostic;
import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.Nack;
import io.ergane.xds.server.NodeKind;
import io.ergane.xds.server.NodeStatus;
import io.ergane.xds.server.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What nodes reject, told to the user who caused it. */
class RejectionsTest {
  private static NodeStatus node(String id, String type, String message, Subject... subjects) {
    List<String> names = List.of("pool/default/qwen");
    Nack nack =
        new Nack(id, "ergane", type, "v2", names, message, List.of(subjects), Instant.EPOCH);
    return node(id, type, names, nack);
  }

  private static NodeStatus node(String id, String type, List<String> rejected, Nack nack) {
    return new NodeStatus(
        id,
        "ergane",
        NodeKind.ENVOY,
        "1.40.0",
        "127.0.0.1:1",
        Instant.EPOCH,
        null,
        List.of(
            new NodeStatus.OfType(
                type, true, true, 1, "v1", null, null, null, false, rejected, nack, Map.of())));
  }

  @Test
  void theObjectBehindTheResourceIsNamedWithTheNodesOwnWords() {
    Subject pool = new Subject("pool", "default", "qwen");

    List<Diagnostic> found =
        Rejections.of(List.of(node("envoy-1", TypeUrl.CLUSTER, " no\n  such socket. ", pool)));

    assertThat(found)
        .singleElement()
        .asString()
        .isEqualTo(
            "error: ModelServer default/qwen: node envoy-1 rejects Cluster pool/default/qwen and"
                + " keeps what it had: no such socket. Put the object right; other objects keep"
                + " changing.");
  }

  @Test
  void manyNodesThatSayTheSameAreOneDiagnostic() {
    Subject pool = new Subject("pool", "default", "qwen");

    List<Diagnostic> found =
        Rejections.of(
            List.of(
                node("envoy-2", TypeUrl.CLUSTER, "no", pool),
                node("envoy-1", TypeUrl.CLUSTER, "no", pool),
                node("envoy-3", TypeUrl.CLUSTER, "no", pool)));

    assertThat(found).singleElement().asString().contains("node envoy-1 and 2 more reject Cluster");
  }

  @Test
  void imageResourcesNameTheirObjectByTheirType() {
    Nack nack =
        new Nack(
            "proxy-1",
            "ergane",
            ImageTypes.ROUTE,
            "v2",
            List.of("default/chat"),
            "unknown field",
            List.of(),
            Instant.EPOCH);

    assertThat(
            Rejections.of(
                List.of(node("proxy-1", ImageTypes.ROUTE, List.of("default/chat"), nack))))
        .extracting(Diagnostic::subject)
        .containsExactly("ModelRoute default/chat");
  }

  @Test
  void whatIsNotOfOneObjectIsOfTheWholeConfiguration() {
    assertThat(Rejections.of(List.of(node("envoy-1", TypeUrl.LISTENER, "no file /c.pem"))))
        .singleElement()
        .asString()
        .startsWith("error: Envoy configuration: node envoy-1 rejects Listener")
        .endsWith(
            "no file /c.pem. Correct the control plane's options; files that they name are read on"
                + " the node's machine.");
  }

  @Test
  void aRejectionThatIsOverIsNone() {
    Nack old =
        new Nack("e", "c", TypeUrl.CLUSTER, "v2", List.of("x"), "no", List.of(), Instant.EPOCH);

    assertThat(Rejections.of(List.of(node("e", TypeUrl.CLUSTER, List.of(), old)))).isEmpty();
  }
}
