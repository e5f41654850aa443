package io.ergane.dataplane;

import static io.ergane.dataplane.Fleet.POOL;
import static io.ergane.dataplane.Fleet.PREFIX_ONLY;
import static io.ergane.dataplane.Fleet.REQUEST;
import static io.ergane.dataplane.Fleet.choose;
import static io.ergane.dataplane.Fleet.endpoint;
import static io.ergane.dataplane.Fleet.endpoints;
import static io.ergane.dataplane.Fleet.name;
import static io.ergane.dataplane.Fleet.pool;
import static io.ergane.dataplane.Fleet.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.routing.Endpoint;
import io.ergane.core.schedule.Decision;
import io.ergane.core.schedule.ScheduleRequest;
import io.ergane.core.schedule.StageTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataplaneTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong();
  private final Dataplane dataplane = dataplane(16);

  private Dataplane dataplane(int maxEndpoints) {
    return new Dataplane(settings(maxEndpoints, 1 << 12), now::get);
  }

  private static List<Endpoint> watched(Dataplane dataplane) {
    return dataplane.state().watched().stream().map(Dataplane.Watched::endpoint).toList();
  }

  @Test
  void everyEndpointOfACompilationHasASlotOfItsOwn() {
    dataplane.apply(Fleet.of(endpoints(5)));
    assertThat(watched(dataplane)).containsExactly(endpoints(5));
    assertThat(dataplane.state().watched().stream().map(Dataplane.Watched::slot))
        .doesNotHaveDuplicates()
        .allMatch(slot -> slot >= 0);
    assertThat(dataplane.state().leftOut()).isEmpty();
  }

  @Test
  void whatGoesGivesItsSlotToWhatComesInTheSameCompilation() {
    Dataplane full = dataplane(3);
    full.apply(Fleet.of(endpoints(3)));
    for (int generation = 1; generation < 20; generation++) {
      Endpoint[] next =
          IntStream.range(generation, generation + 3)
              .mapToObj(Fleet::endpoint)
              .toArray(Endpoint[]::new);
      full.apply(Fleet.of(next));
      assertThat(watched(full)).containsExactly(next);
      assertThat(full.state().leftOut()).isEmpty();
    }
  }

  @Test
  void aFullBoardLeavesOutTheLastEndpointsAndTakesThemInWhenThereIsRoom() {
    Dataplane full = dataplane(2);
    full.apply(Fleet.of(endpoints(4)));
    assertThat(watched(full)).containsExactly(endpoint(0), endpoint(1));
    assertThat(full.state().leftOut()).containsExactly(endpoint(2), endpoint(3));
    assertThat(pool(full).table().rows()).containsExactly(endpoint(0), endpoint(1));
    full.apply(Fleet.of(endpoint(1), endpoint(2)));
    assertThat(watched(full)).containsExactly(endpoint(1), endpoint(2));
    assertThat(full.state().leftOut()).isEmpty();
  }

  @Test
  void anEndpointThatTwoPoolsLeaveOutIsNamedOnce() {
    Dataplane full = dataplane(1);
    full.apply(
        new Fleet()
            .pool(name("a"), endpoint(0), endpoint(1))
            .pool(name("b"), endpoint(0), endpoint(1))
            .compilation());
    assertThat(full.state().leftOut()).containsExactly(endpoint(1));
  }

  @Test
  void aStreamThatOutlivesItsPodKeepsTheSlotUntilItEnds() {
    Dataplane single = dataplane(1);
    single.apply(Fleet.of(endpoint(0)));
    Hold stream = choose(single, REQUEST, 1);
    single.apply(Fleet.of(endpoint(1)));
    assertThat(single.state().leftOut()).containsExactly(endpoint(1));
    stream.end();
    single.apply(Fleet.of(endpoint(1)));
    assertThat(watched(single)).containsExactly(endpoint(1));
    assertThat(single.board().totalInFlight()).isZero();
  }

  @Test
  void anEndpointThatGoesAndComesBackKeepsItsCounts() {
    dataplane.apply(Fleet.of(endpoint(0)));
    Hold stream = choose(dataplane, REQUEST, 1);
    int slot = stream.slot();
    dataplane.apply(Fleet.of());
    assertThat(dataplane.board().inFlight(slot)).isEqualTo(1);
    dataplane.apply(Fleet.of(endpoint(0)));
    assertThat(choose(dataplane, REQUEST, 2).slot()).isEqualTo(slot);
    assertThat(dataplane.board().inFlight(slot)).isEqualTo(2);
    stream.end();
    assertThat(dataplane.board().inFlight(slot)).isEqualTo(1);
  }

  @Test
  void aPoolOutlivesChangesOfTheImageWithItsMemoryOfPrompts() {
    dataplane.apply(Fleet.of(PREFIX_ONLY, endpoints(4)));
    ScheduleRequest prompt = Fleet.request(7, 20);
    Hold first = choose(dataplane, prompt, 1);
    first.end();
    PoolRuntime before = pool(dataplane);
    dataplane.apply(
        new Fleet()
            .profiled(PREFIX_ONLY)
            .pool(POOL, endpoints(8))
            .pool(name("another"), endpoint(9))
            .compilation());
    assertThat(pool(dataplane)).isSameAs(before);
    for (int i = 0; i < 50; i++) {
      Hold hold = choose(dataplane, prompt, i);
      assertThat(hold.endpoint()).isEqualTo(first.endpoint());
      hold.end();
    }
  }

  @Test
  void aChangedProfileBuildsThePoolsAnewAndTheCountsStay() {
    dataplane.apply(Fleet.of(endpoints(2)));
    Hold stream = choose(dataplane, REQUEST, 1);
    PoolRuntime before = pool(dataplane);
    dataplane.apply(Fleet.of(PREFIX_ONLY, endpoints(2)));
    assertThat(pool(dataplane)).isNotSameAs(before);
    assertThat(dataplane.board().inFlight(stream.slot())).isEqualTo(1);
    stream.end();
    assertThat(dataplane.board().totalInFlight()).isZero();
  }

  @Test
  void poolsThatShareEndpointsShareTheirCounts() {
    dataplane.apply(
        new Fleet()
            .profiled(Fleet.profile("least-request"))
            .pool(name("a"), endpoint(0), endpoint(1))
            .pool(name("b"), endpoint(0), endpoint(1))
            .compilation());
    for (int i = 0; i < 20; i++) {
      choose(pool(dataplane, name("a")), REQUEST, i);
      choose(pool(dataplane, name("b")), REQUEST, -i);
    }
    for (Dataplane.Watched watched : dataplane.state().watched()) {
      assertThat(dataplane.board().inFlight(watched.slot())).isEqualTo(20);
    }
    assertThat(watched(dataplane)).hasSize(2);
  }

  @Test
  void aPoolWithoutEndpointsRefuses() {
    dataplane.apply(Fleet.of());
    assertThat(pool(dataplane).choose(REQUEST, 4, 0, StageTimer.NONE, null))
        .isEqualTo(new PoolRuntime.Refused(new Decision.Refuse(Decision.Reason.NO_ENDPOINTS, "")));
    assertThat(dataplane.state().pool(name("nowhere"))).isNull();
  }

  @Test
  void aSlotsNewEndpointHoldsNothingOfWhatTheOldOneHeld() {
    Dataplane single = dataplane(1);
    single.apply(Fleet.of(PREFIX_ONLY, endpoint(0)));
    ScheduleRequest prompt = Fleet.request(7, 20);
    choose(single, prompt, 1).end();
    Hold again = choose(single, prompt, 2);
    assertThat(again.prefixShare()).isEqualTo(1);
    again.end();
    single.apply(Fleet.of(PREFIX_ONLY, endpoint(1)));
    assertThat(choose(single, prompt, 3).prefixShare()).isZero();
  }

  @Test
  void firstEndpointsTakeTheirFullShareAndLaterOnesGrowIntoIt() {
    dataplane.apply(Fleet.of(Fleet.profile("random"), endpoints(2)));
    assertThat(dataplane.health().share(slot(0), 0)).isEqualTo(1);
    now.set(SECOND);
    dataplane.apply(Fleet.of(Fleet.profile("random"), endpoints(3)));
    assertThat(dataplane.health().share(slot(0), SECOND)).isEqualTo(1);
    assertThat(dataplane.health().share(slot(2), SECOND)).isLessThan(0.2f);
    assertThat(dataplane.health().share(slot(2), 60 * SECOND)).isEqualTo(1);
  }

  private int slot(int endpoint) {
    return dataplane.board().slotOf(endpoint(endpoint));
  }

  @Test
  void listenersHearOfTheStateThatIsAndOfEachNewOne() {
    List<Integer> sizes = new ArrayList<>();
    dataplane.apply(Fleet.of(endpoints(2)));
    dataplane.onChange(state -> sizes.add(state.watched().size()));
    dataplane.apply(Fleet.of(endpoints(3)));
    dataplane.apply(Fleet.of());
    assertThat(sizes).containsExactly(2, 3, 0);
  }

  @Test
  void anySequenceOfCompilationsKeepsCountsAndSlotsInOrder() {
    for (long seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      Dataplane fleet = dataplane(8);
      List<Hold> held = new ArrayList<>();
      for (int step = 0; step < 60; step++) {
        Endpoint[] some =
            random
                .ints(0, 12)
                .distinct()
                .limit(random.nextInt(9))
                .mapToObj(Fleet::endpoint)
                .toArray(Endpoint[]::new);
        fleet.apply(Fleet.of(some));
        assertThat(watched(fleet).size() + fleet.state().leftOut().size()).isEqualTo(some.length);
        if (fleet.state().watched().isEmpty()) {
          continue;
        }
        held.add(choose(fleet, REQUEST, random.nextLong()));
        if (random.nextBoolean()) {
          held.remove(random.nextInt(held.size())).end();
        }
        assertThat(fleet.board().totalInFlight()).isEqualTo(held.size());
      }
      held.forEach(Hold::end);
      assertThat(fleet.board().totalInFlight()).isZero();
    }
  }
}
