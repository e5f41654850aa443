package io.ergane.controllers.serving.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ModelServing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StepTest {
  private static final ModelServing.Status NONE = ModelServing.Status.EMPTY;
  private static final Change POD = new Change.CreatePod("p", Map.of(), Map.of(), Map.of());

  private static Step of(List<Change> changes) {
    return new Step(changes, NONE, List.of(), null);
  }

  @Test
  void aStepThatOnlyMakesAFewObjectsForOneThatHasNoStatusIsFirst() {
    Change service = new Change.CreateService("s", Map.of(), Map.of());
    assertThat(of(List.of(service, POD)).isFirst(NONE)).isTrue();
    assertThat(of(List.of()).isFirst(NONE)).isFalse();
  }

  @Test
  void noStepIsFirstWhenAStatusIsStored() {
    SimCluster cluster = new SimCluster(Servings.of(1));
    cluster.deliverAll();
    ModelServing.Status stored = cluster.plan().status();
    assertThat(stored).isNotEqualTo(NONE);
    assertThat(of(List.of(POD)).isFirst(stored)).isFalse();
  }

  @Test
  void whatTakesSomethingAwayIsNotFirst() {
    for (Change change :
        List.of(
            new Change.DeletePod("p", "uid", "why"),
            new Change.DrainPod("p", "uid", SimCluster.START, SimCluster.START, "why"),
            new Change.DeleteService("s", "uid"),
            new Change.DeleteRevision("r", "uid"),
            new Change.UpdatePodGroup("g", "uid", Map.of()),
            new Change.DeletePodGroup("g", "uid"))) {
      assertThat(of(List.of(POD, change)).isFirst(NONE)).as(change.toString()).isFalse();
    }
  }

  @Test
  void aStepThatMakesManyIsNotFirst() {
    List<Change> many = new ArrayList<>();
    while (of(many).changes().size() < 100) {
      many.add(POD);
    }
    assertThat(of(many).isFirst(NONE)).isFalse();
    assertThat(of(many.subList(0, 32)).isFirst(NONE)).isTrue();
  }
}
