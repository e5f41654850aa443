package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A LeaderWorkerSet becomes a ModelServing. */
class LeaderWorkerSetTest {
  private static LeaderWorkerSet set(String uid, String image) {
    ObjectMeta metadata = new ObjectMeta("lws", "ns", Map.of(), Map.of(), uid, "1", 1, null, null);
    return new LeaderWorkerSet(metadata, 2, 2, null, Servings.template(image), null, null, null);
  }

  private static ModelServing made(LeaderWorkerSet set) {
    return Objects.requireNonNull(set.serving(null));
  }

  @Test
  void testLwsApiBasic() {
    ModelServing serving = made(set("uid-lws", "v1"));
    assertThat(serving.name()).hasToString("ns/lws");
    assertThat(serving.metadata().ownerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.uid()).isEqualTo("uid-lws"));
    ModelServing.Role role = serving.spec().template().roles().getFirst();
    assertThat(List.of(role.name(), role.replicas(), role.workerReplicas()))
        .containsExactly("default", 1, 1);
    assertThat(serving.spec().replicas()).isEqualTo(2);
    assertThat(serving.spec().plugins())
        .extracting(ModelServing.Plugin::name)
        .containsExactly("lws-standard-labels");
  }

  @Test
  void whatIsAsItShouldBeIsNotWrittenAgain() {
    LeaderWorkerSet set = set("uid-lws", "v1");
    ModelServing serving = made(set);
    assertThat(set.serving(serving)).isNull();
    assertThat(Objects.requireNonNull(set("uid-lws", "v2").serving(serving)).spec())
        .isEqualTo(set("uid-lws", "v2").spec());
  }

  @Test
  void aServingThatBelongsToSomebodyElseIsNotTouched() {
    ModelServing serving = made(set("uid-other", "v1"));
    assertThat(set("uid-lws", "v2").conflictsWith(serving)).isTrue();
    assertThat(set("uid-lws", "v2").serving(serving)).isNull();
  }

  @Test
  void restartPolicyNoneLeavesRestartsToTheNode() {
    LeaderWorkerSet set =
        new LeaderWorkerSet(
            ObjectMeta.of("ns", "lws"),
            null,
            null,
            Servings.template("leader"),
            Servings.template("worker"),
            "None",
            null,
            null);
    assertThat(set.spec().recoveryPolicy()).isEqualTo(RecoveryPolicy.NONE);
    assertThat(set.spec().replicas()).isEqualTo(1);
    assertThat(set.spec().template().roles().getFirst().workerReplicas()).isZero();
  }
}
