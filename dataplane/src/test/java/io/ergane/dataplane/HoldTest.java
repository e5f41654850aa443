package io.ergane.dataplane;

import static io.ergane.dataplane.Fleet.PREFIX_ONLY;
import static io.ergane.dataplane.Fleet.REQUEST;
import static io.ergane.dataplane.Fleet.choose;
import static io.ergane.dataplane.Fleet.endpoint;
import static io.ergane.dataplane.Fleet.endpoints;
import static io.ergane.dataplane.Fleet.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.routing.Endpoint;
import io.ergane.core.schedule.ScheduleRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HoldTest {
  private final Dataplane dataplane = new Dataplane(settings(64, 1 << 14), () -> 0);

  private Hold chosen(long seed) {
    return choose(dataplane, REQUEST, seed);
  }

  private int slot(int endpoint) {
    return dataplane.board().slotOf(endpoint(endpoint));
  }

  private void sample(int endpoint, float kvUsage) {
    dataplane.board().sample(slot(endpoint), 0, 0, kvUsage, Float.NaN, Float.NaN, 0);
  }

  /** Four endpoints that are chosen in ascending order. */
  private void ranked() {
    dataplane.apply(Fleet.of(Fleet.profile("gpu-usage"), endpoints(4)));
    for (int i = 0; i < 4; i++) {
      sample(i, 0.2f * i);
    }
  }

  private void eject(int endpoint) {
    for (int i = 0; i < 3; i++) {
      dataplane.health().failed(slot(endpoint), 0);
    }
  }

  @Test
  void endingAgainChangesNothing() {
    dataplane.apply(Fleet.of(endpoints(2)));
    Hold one = chosen(1);
    Hold two = chosen(2);
    for (int i = 0; i < 5; i++) {
      one.end();
    }
    assertThat(dataplane.board().totalInFlight()).isEqualTo(1);
    two.end();
    assertThat(dataplane.board().totalInFlight()).isZero();
  }

  @Test
  void anEndedHoldNeitherFallsBackNorCountsAnywhere() {
    dataplane.apply(Fleet.of(endpoints(3)));
    Hold hold = chosen(1);
    hold.end();
    assertThat(hold.fallBack(_ -> true)).isFalse();
    assertThat(hold.attempts()).isEqualTo(1);
    assertThat(dataplane.board().totalInFlight()).isZero();
  }

  @Test
  void fallbacksAreTriedInTheOrderOfTheirTotalsAndTheCountMovesAlong() {
    ranked();
    Hold hold = chosen(1);
    List<Endpoint> tried = new ArrayList<>(List.of(hold.endpoint()));
    while (hold.fallBack(_ -> true)) {
      tried.add(hold.endpoint());
      assertThat(dataplane.board().totalInFlight()).isEqualTo(1);
      assertThat(dataplane.board().inFlight(hold.slot())).isEqualTo(1);
    }
    assertThat(tried).containsExactly(endpoints(4));
    assertThat(hold.attempts()).isEqualTo(4);
    hold.end();
    assertThat(dataplane.board().totalInFlight()).isZero();
  }

  @Test
  void fallingBackSkipsWhatWasEjectedMeanwhile() {
    ranked();
    Hold hold = chosen(1);
    eject(1);
    eject(2);
    assertThat(hold.fallBack(_ -> true)).isTrue();
    assertThat(hold.endpoint()).isEqualTo(endpoint(3));
  }

  @Test
  void anEjectedFallbackIsBetterThanNone() {
    ranked();
    Hold hold = chosen(1);
    eject(1);
    eject(2);
    eject(3);
    assertThat(hold.fallBack(_ -> true)).isTrue();
    assertThat(hold.endpoint()).isEqualTo(endpoint(1));
  }

  @Test
  void onlyWhatSuitsIsFallenBackTo() {
    ranked();
    Hold hold = chosen(1);
    int wanted = slot(2);
    assertThat(hold.fallBack(choice -> choice.slot() == wanted)).isTrue();
    assertThat(hold.endpoint()).isEqualTo(endpoint(2));
    assertThat(hold.fallBack(choice -> choice.slot() == wanted)).isFalse();
    assertThat(hold.endpoint()).isEqualTo(endpoint(2));
    assertThat(dataplane.board().inFlight(wanted)).isEqualTo(1);
  }

  @Test
  void aRequestThatFailedIsNotRememberedAndOneThatFellBackIsWhereItWent() {
    dataplane.apply(Fleet.of(PREFIX_ONLY, endpoints(3)));
    ScheduleRequest prompt = Fleet.request(9, 30);
    Hold hold = choose(dataplane, prompt, 1);
    Endpoint broken = hold.endpoint();
    hold.failed();
    assertThat(hold.fallBack(_ -> true)).isTrue();
    Endpoint served = hold.endpoint();
    hold.end();
    assertThat(served).isNotEqualTo(broken);
    for (int i = 0; i < 30; i++) {
      Hold next = choose(dataplane, prompt, i);
      assertThat(next.endpoint()).isEqualTo(served);
      next.end();
    }
  }

  @Test
  void whatAnEndpointHeldBeforeAFailedRequestItStillHolds() {
    dataplane.apply(Fleet.of(PREFIX_ONLY, endpoint(0)));
    ScheduleRequest whole = Fleet.request(9, 30);
    ScheduleRequest.Prompt prompt = whole.prompt();
    ScheduleRequest start =
        new ScheduleRequest(
            "m", false, new ScheduleRequest.Prompt(prompt.hashes(), 12, 64, 12 * 64));
    choose(dataplane, start, 1).end();
    Hold refused = choose(dataplane, whole, 2);
    assertThat(refused.prefixShare()).isEqualTo(0.4f);
    refused.refused();
    refused.refused();
    refused.end();
    Hold after = choose(dataplane, whole, 3);
    assertThat(after.prefixShare()).isEqualTo(0.4f);
    after.end();
    assertThat(choose(dataplane, whole, 4).prefixShare()).isEqualTo(1);
  }

  @Test
  void theShareThatIsToldIsThatOfTheFirstChoice() {
    dataplane.apply(Fleet.of(PREFIX_ONLY, endpoints(2)));
    ScheduleRequest prompt = Fleet.request(9, 30);
    choose(dataplane, prompt, 1).end();
    Hold hold = choose(dataplane, prompt, 2);
    hold.failed();
    hold.fallBack(_ -> true);
    assertThat(hold.prefixShare()).isEqualTo(1);
  }

  @Test
  void withoutPromptHashesThereIsNoShare() {
    dataplane.apply(Fleet.of(PREFIX_ONLY, endpoint(0)));
    assertThat(chosen(1).prefixShare()).isNaN();
    dataplane.apply(Fleet.of(Fleet.profile("random"), endpoint(0)));
    assertThat(choose(dataplane, Fleet.request(1, 5), 1).prefixShare()).isNaN();
  }

  @Test
  void theThirdFailureInARowEjectsAndSaysSo() {
    dataplane.apply(Fleet.of(endpoint(0)));
    List<Boolean> ejected = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Hold hold = chosen(i);
      ejected.add(hold.failed());
      hold.end();
    }
    assertThat(ejected).containsExactly(false, false, true);
    assertThat(dataplane.health().ejections(slot(0))).isEqualTo(1);
  }

  @Test
  void successBetweenFailuresKeepsAnEndpointInRotation() {
    dataplane.apply(Fleet.of(endpoint(0)));
    for (int i = 0; i < 20; i++) {
      Hold hold = chosen(i);
      if (i % 3 == 2) {
        hold.succeeded();
      } else {
        assertThat(hold.failed()).isFalse();
      }
      hold.end();
    }
    assertThat(dataplane.health().ejections(slot(0))).isZero();
  }

  @Test
  void aThousandThreadsLeaveNothingInFlight() throws InterruptedException {
    dataplane.apply(Fleet.of(endpoints(8)));
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      long seed = i;
      threads.add(
          Thread.ofPlatform()
              .stackSize(256 << 10)
              .start(() -> {
                try {
                  start.await();
                  client(new Random(seed));
                } catch (Throwable e) {
                  thrown.add(e);
                }
              }));
    }
    start.countDown();
    for (int change = 0; change < 50; change++) {
      dataplane.apply(Fleet.of(endpoints(4 + change % 5)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(thrown).isEmpty();
    assertThat(dataplane.board().totalInFlight()).isZero();
  }

  private void client(Random random) {
    for (int i = 0; i < 20; i++) {
      Hold hold = choose(dataplane, Fleet.request(random.nextInt(50), 10), random.nextLong());
      switch (random.nextInt(4)) {
        case 0 -> hold.succeeded();
        case 1 -> {
          hold.failed();
          hold.fallBack(_ -> true);
        }
        case 2 -> hold.refused();
        default -> hold.end();
      }
      hold.end();
    }
  }
}
