package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.lang.reflect.Field;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What of a node's description outlives its first request. */
class NodeIdentityTest {
  @Test
  void itIsWhatIsShown() {
    assertThat(NodeIdentity.of(FakeEnvoy.node("a")))
        .isEqualTo(new NodeIdentity("a", "edge", "envoy", "1.40.0"));
  }

  @Test
  void textOfAnyLengthIsBounded() {
    String longest = "x".repeat(1 << 20);
    NodeIdentity identity =
        NodeIdentity.of(
            Node.newBuilder()
                .setId("a")
                .setCluster("\u001b" + longest)
                .setUserAgentName(longest)
                .setUserAgentVersion(longest)
                .build());

    assertThat(identity.cluster()).startsWith("?x").hasSize(NodeIdentity.MAX_LENGTH + 1);
    assertThat(identity.userAgent()).isEmpty();
    assertThat(identity.version()).isEmpty();
  }

  @Test
  void noMessageIsKept() {
    assertThat(
            Stream.of(AdsStream.class, NodeIdentity.class, NodeStatus.class)
                .flatMap(type -> Stream.of(type.getDeclaredFields())))
        .extracting(Field::getType)
        .noneMatch(MessageLite.class::isAssignableFrom);
  }
}
