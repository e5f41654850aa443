package io.ergane.xds.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A node that knows an earlier server's configuration and meets a server that just started. */
class ComebackTest {
  private static final Resource OLD = World.listener("old");

  private final Session session = new Session(SessionLimits.DEFAULT);

  private void publishAnother() {
    session.publish(Catalog.of(ResourceSet.of(List.of(World.listener("new")))), 0);
  }

  private static Request.Delta delta(String nonce, String error, Map<String, String> versions) {
    return new Request.Delta(
        TypeUrl.LISTENER, nonce, error.isEmpty() ? null : error, Names.NONE, List.of(), versions);
  }

  private SubscriptionStatus status() {
    return session.status(10).getFirst();
  }

  private Push next() {
    return Objects.requireNonNull(session.next(0));
  }

  @Test
  void aNodeThatRejectsTheFirstResponseIsKnownToKeepWhatItCameWith() {
    publishAnother();
    session.request(delta("", "", Map.of(OLD.name(), OLD.version())), 0);
    session.request(delta(next().nonce(), "no such thing", Map.of()), 0);

    assertThat(status().rejected()).containsExactly(OLD.name());
    assertThat(status().runs()).isEqualTo(TypeState.versionOf(List.of(OLD)));
  }

  @Test
  void soIsANodeThatAsksForTheStateOfTheWorld() {
    publishAnother();
    session.request(new Request.Whole(TypeUrl.LISTENER, "kept", "", null, Names.NONE), 0);
    Push push = next();
    session.request(new Request.Whole(TypeUrl.LISTENER, "kept", push.nonce(), "no", Names.NONE), 0);

    assertThat(status().runs()).isEqualTo("kept");
  }

  @Test
  void aNodeThatComesWithNothingHasNothing() {
    publishAnother();
    session.request(delta("", "", Map.of()), 0);
    session.request(delta(next().nonce(), "no such thing", Map.of()), 0);

    assertThat(status().runs()).isEmpty();
  }

  @Test
  void theVersionOfASetDoesNotDependOnHowItIsKnown() {
    List<Resource> set = List.of(World.cluster("a", "1"), World.cluster("b", "2"));
    Map<String, String> versions = Map.of("a", set.get(0).version(), "b", set.get(1).version());

    assertThat(TypeState.versionOf(versions)).isEqualTo(TypeState.versionOf(set));
  }
}
