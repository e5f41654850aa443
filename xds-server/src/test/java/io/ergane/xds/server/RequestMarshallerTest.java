package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.ergane.testkit.Laws;
import io.ergane.xds.server.session.Names;
import io.ergane.xds.server.session.Request;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestMarshallerTest {
  private static final int BOUND = 200_000;

  private final NameLists lists = new NameLists(RequestMarshaller.NAMES, BOUND);

  private NodeRequest read(byte[] bytes, boolean delta) {
    RequestMarshaller<?> marshaller =
        delta ? RequestMarshaller.ofDeltas(lists) : RequestMarshaller.ofTheStateOfTheWorld(lists);
    return marshaller.parse(new ByteArrayInputStream(bytes));
  }

  private Names read(List<String> names) {
    return names(read(asks(names, "").toByteArray(), false));
  }

  private static Names names(NodeRequest request) {
    return switch (request.request()) {
      case Request.Whole whole -> whole.names();
      case Request.Delta delta -> delta.subscribe();
    };
  }

  private static DiscoveryRequest asks(List<String> names, String nonce) {
    return DiscoveryRequest.newBuilder()
        .setNode(Node.newBuilder().setId("a"))
        .addAllResourceNames(names)
        .setTypeUrl("type")
        .setResponseNonce(nonce)
        .build();
  }

  private static List<String> many(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + i);
    }
    return names;
  }

  @Test
  void fieldsMeanWhatTheyDoInWhateverOrderTheyCome() {
    Laws.hold(
        300,
        60,
        (random, size) -> {
          boolean delta = random.nextBoolean();
          Set<String> names = new HashSet<>();
          List<Message> parts = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            String name = random.nextInt(30) == 0 ? "*" : "name-ä-" + random.nextInt(40);
            names.add(name);
            parts.add(part(delta, name));
          }
          parts.add(rest(delta));
          if (random.nextBoolean()) {
            Collections.shuffle(parts, new Random(random.nextLong()));
          }
          ByteString bytes = ByteString.EMPTY;
          for (Message part : parts) {
            bytes = bytes.concat(part.toByteString());
          }

          NodeRequest read = read(bytes.toByteArray(), delta);

          Names got = names(read);
          assertThat(got.hasWildcard()).isEqualTo(names.remove("*"));
          assertThat(got.named()).containsExactlyInAnyOrderElementsOf(names);
          assertThat(read.node().getId()).isEqualTo("node");
          assertThat(read.request().typeUrl()).isEqualTo("type");
          assertThat(read.request().nonce()).isEqualTo("7");
          assertThat(read.request().error()).isEqualTo("why");
          if (read.request() instanceof Request.Delta incremental) {
            assertThat(incremental.unsubscribe()).containsExactly("gone");
            assertThat(incremental.versions()).containsEntry("has", "1");
          } else if (read.request() instanceof Request.Whole whole) {
            assertThat(whole.version()).isEqualTo("3");
          }
        });
  }

  private static Message part(boolean delta, String name) {
    return delta
        ? DeltaDiscoveryRequest.newBuilder().addResourceNamesSubscribe(name).build()
        : DiscoveryRequest.newBuilder().addResourceNames(name).build();
  }

  private static Message rest(boolean delta) {
    Node node = Node.newBuilder().setId("node").build();
    com.google.rpc.Status error = com.google.rpc.Status.newBuilder().setMessage("why").build();
    return delta
        ? DeltaDiscoveryRequest.newBuilder()
            .setNode(node)
            .setTypeUrl("type")
            .setResponseNonce("7")
            .setErrorDetail(error)
            .addResourceNamesUnsubscribe("gone")
            .putInitialResourceVersions("has", "1")
            .build()
        : DiscoveryRequest.newBuilder()
            .setNode(node)
            .setTypeUrl("type")
            .setVersionInfo("3")
            .setResponseNonce("7")
            .setErrorDetail(error)
            .build();
  }

  @Test
  void nodesThatAskForTheSameShareTheNamesInBothForms() {
    List<String> names = many("pool/default/", 100);
    Names first = read(names);

    NodeRequest answer = read(asks(names, "1").toByteArray(), false);
    NodeRequest delta =
        read(
            DeltaDiscoveryRequest.newBuilder()
                .addAllResourceNamesSubscribe(names)
                .setTypeUrl("type")
                .build()
                .toByteArray(),
            true);

    assertThat(first.named()).containsExactlyElementsOf(names);
    assertThat(names(answer)).isSameAs(first);
    assertThat(names(delta)).isSameAs(first);
  }

  @Test
  void aListThatBeginsOrEndsLikeAnotherIsAnother() {
    List<String> names = many("pool/default/", 100);
    read(names);

    assertThat(read(names.subList(0, 99)).named()).hasSize(99).doesNotContain(names.getLast());
    assertThat(read(many("pool/default/", 101)).named()).hasSize(101);
    assertThat(read(names.subList(1, 100)).named()).hasSize(99).doesNotContain(names.getFirst());
  }

  @Test
  void listsAreForgottenInFavourOfNewerOnesWithinTheBound() {
    List<String> large = many("a".repeat(100), 400);
    Names first = read(large);
    assertThat(read(large)).isSameAs(first);

    read(many("b".repeat(100), 400));
    assertThat(read(large)).isSameAs(first);
    read(many("c".repeat(100), 400));

    assertThat(read(large)).isNotSameAs(first);
  }

  @Test
  void aListAboveTheBoundIsNotRemembered() {
    List<String> names = many("a".repeat(100), 400);
    Names remembered = read(names);
    List<String> endless = many("", 2000);

    assertThat(read(endless)).isNotSameAs(read(endless));

    assertThat(read(names)).isSameAs(remembered);
  }

  @Test
  void whatIsNoRequestIsRefused() {
    byte[] whole = asks(many("pool/default/", 100), "1").toByteArray();
    for (int length : List.of(3, 100, whole.length - 1)) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(part, false)).isInstanceOf(StatusRuntimeException.class);
    }
    byte[] notText = {RequestMarshaller.NAMES, 1, (byte) 0xff};
    assertThatThrownBy(() -> read(notText, true)).isInstanceOf(StatusRuntimeException.class);
  }
}
