package io.ergane.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.core.schedule.plugin.PluginRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolSchedulerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ObjectName POOL = new ObjectName("default", "pool");
  private static final ScheduleRequest REQUEST =
      new ScheduleRequest("m", false, ScheduleRequest.Prompt.NONE);
  private static final ScheduleRequest LORA =
      new ScheduleRequest("lora-a", true, ScheduleRequest.Prompt.NONE);

  /** A board, its health and a scheduler over some endpoints. */
  private static final class Setup {
    final SignalBoard board = new SignalBoard(64);
    final EndpointHealth health = new EndpointHealth(64, HealthPolicy.DEFAULT);
    final PoolScheduler scheduler;

    Setup(int endpoints, List<String> filters, WeightedScorer... scorers) {
      this(endpoints, "max-score", filters, scorers);
    }

    Setup(int endpoints, String picker, List<String> filters, WeightedScorer... scorers) {
      EndpointTable table =
          new EndpointTable(
              POOL, IntStream.range(0, endpoints).mapToObj(PoolSchedulerTest::endpoint).toList());
      for (Endpoint row : table.rows()) {
        health.join(board.claim(row), true, 0);
      }
      SchedulingProfile profile =
          new SchedulingProfile(filters, List.of(scorers), picker, new TreeMap<>());
      scheduler =
          new PoolScheduler(table, board, health, PluginRegistry.pipeline(profile), 5 * SECOND);
    }

    Decision choose(ScheduleRequest request, long now, long seed) {
      return scheduler.choose(request, new float[64], 4, now, seed, StageTimer.NONE, null);
    }

    int chosen(ScheduleRequest request, long now, long seed) {
      return ((Decision.Send) choose(request, now, seed)).first().slot();
    }
  }

  private static Endpoint endpoint(int i) {
    return new Endpoint(
        new ObjectName("default", "pod-%02d".formatted(i)), "127.0.1." + i, 8000, false);
  }

  private static WeightedScorer scorer(String name) {
    return new WeightedScorer(name, 1);
  }

  private static ScheduleRequest only(String... endpoints) {
    return new ScheduleRequest("m", false, ScheduleRequest.Prompt.NONE, Set.of(endpoints));
  }

  @Test
  void aRequestThatNamesItsEndpointsGetsNoOther() {
    Setup setup = new Setup(8, List.of(), scorer("least-request"));
    Set<String> allowed = Set.of("127.0.1.2:8000", "127.0.1.5:8000");
    for (long seed = 0; seed < 100; seed++) {
      ScheduleRequest request = only("127.0.1.2:8000", "127.0.1.5", "127.0.1.7:9", "10.0.0.1");
      Decision.Send send = (Decision.Send) setup.choose(request, 0, seed);
      assertThat(send.choices())
          .hasSize(2)
          .allMatch(choice -> allowed.contains(choice.endpoint().authority()));
    }
  }

  @Test
  void endpointsThatAreNotInThePoolLeaveNothingToChoose() {
    Setup setup = new Setup(8, List.of(), scorer("least-request"));
    Decision.Refuse none = new Decision.Refuse(Decision.Reason.NO_ENDPOINTS, "");

    assertThat(setup.choose(only(), 0, 1)).isEqualTo(none);
    assertThat(setup.choose(only("10.0.0.1:8000"), 0, 1)).isEqualTo(none);
    assertThat(setup.board.totalInFlight()).isZero();
  }

  @Test
  void sameInputSameDecision() {
    for (long seed = 0; seed < 200; seed++) {
      List<Integer> first = run(seed);
      assertThat(run(seed)).isEqualTo(first);
    }
  }

  private static List<Integer> run(long seed) {
    Random random = new Random(seed);
    Setup setup =
        new Setup(
            8,
            List.of("least-request"),
            scorer("least-request"),
            scorer("gpu-usage"),
            scorer("least-latency"));
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      setup.board.sample(
          random.nextInt(8),
          random.nextInt(9),
          random.nextInt(9),
          random.nextFloat(),
          random.nextFloat(),
          random.nextFloat(),
          i);
      chosen.add(setup.chosen(REQUEST, i, random.nextLong()));
    }
    return chosen;
  }

  @Test
  void aBurstSpreadsBecauseChoosingReserves() {
    Setup setup = new Setup(4, List.of(), scorer("least-request"));
    for (int i = 0; i < 40; i++) {
      setup.chosen(REQUEST, 0, Mix.mix(i));
    }
    for (int slot = 0; slot < 4; slot++) {
      assertThat(setup.board.inFlight(slot)).isEqualTo(10);
    }
  }

  @Test
  void anEmptyPoolAndAFilteredOneAreRefusedWithTheirReason() {
    assertThat(new Setup(0, List.of()).choose(REQUEST, 0, 0))
        .isEqualTo(new Decision.Refuse(Decision.Reason.NO_ENDPOINTS, ""));
    Setup busy = new Setup(2, List.of("least-request"), scorer("least-request"));
    busy.board.sample(0, 1, 10, 0, 0, 0, 0);
    busy.board.sample(1, 1, 11, 0, 0, 0, 0);
    assertThat(busy.choose(REQUEST, 1, 0))
        .isEqualTo(new Decision.Refuse(Decision.Reason.ALL_FILTERED, "least-request"));
    assertThat(busy.board.totalInFlight()).isZero();
  }

  @Test
  void aSignalThatIsUnknownOrTooOldIsNeutralAndNeverBest() {
    Setup setup = new Setup(3, List.of(), scorer("gpu-usage"));
    setup.board.sample(0, 0, 0, 0.9f, 0, 0, 0);
    setup.board.sample(1, 0, 0, 0.5f, 0, 0, 0);
    assertThat(setup.chosen(REQUEST, 1, 3)).isEqualTo(1);
    setup.board.sample(0, 0, 0, 0.9f, 0, 0, 10 * SECOND);
    setup.board.sample(2, 0, 0, 0.8f, 0, 0, 10 * SECOND);
    assertThat(setup.chosen(REQUEST, 10 * SECOND, 3)).isEqualTo(2);
  }

  @Test
  void ejectedEndpointsGetNothingUnlessAllAreEjected() {
    Setup setup = new Setup(2, List.of(), scorer("random"));
    for (int i = 0; i < 3; i++) {
      setup.health.failed(0, 0);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(setup.chosen(REQUEST, 1, i)).isEqualTo(1);
    }
    for (int i = 0; i < 3; i++) {
      setup.health.failed(1, 0);
    }
    assertThat(IntStream.range(0, 50).map(i -> setup.chosen(REQUEST, 1, i)).distinct().count())
        .isEqualTo(2);
  }

  @Test
  void aNewEndpointTakesASmallShareFirst() {
    Setup setup = new Setup(2, List.of(), scorer("random"));
    setup.health.join(0, false, 0);
    long early =
        IntStream.range(0, 2_000).filter(i -> setup.chosen(REQUEST, 0, Mix.mix(i)) == 0).count();
    long late =
        IntStream.range(0, 2_000)
            .filter(i -> setup.chosen(REQUEST, 11 * SECOND, Mix.mix(i)) == 0)
            .count();
    assertThat(early).isBetween(30L, 250L);
    assertThat(late).isBetween(850L, 1150L);
  }

  @Test
  void adaptersGoWhereTheyAreListedAndAnywhereWhenTheyAreNot() {
    Setup setup = new Setup(3, List.of(), scorer("random"));
    assertThat(IntStream.range(0, 60).map(i -> setup.chosen(LORA, 0, i)).distinct().count())
        .isEqualTo(3);
    setup.board.models(2, Set.of("m", "lora-a"));
    assertThat(IntStream.range(0, 60).map(i -> setup.chosen(LORA, 0, i)).distinct().toArray())
        .containsExactly(2);
  }

  @Test
  void loraAffinityIsAHardFilterForAdaptersAndNoneForBaseModels() {
    Setup setup = new Setup(3, List.of("lora-affinity"), scorer("random"));
    assertThat(setup.choose(LORA, 0, 0))
        .isEqualTo(new Decision.Refuse(Decision.Reason.ALL_FILTERED, "lora-affinity"));
    assertThat(setup.choose(REQUEST, 0, 0)).isInstanceOf(Decision.Send.class);
  }

  @Test
  void fallbacksFollowTheTotals() {
    Setup setup = new Setup(3, List.of(), scorer("gpu-usage"));
    setup.board.sample(0, 0, 0, 0.9f, 0, 0, 0);
    setup.board.sample(1, 0, 0, 0.1f, 0, 0, 0);
    setup.board.sample(2, 0, 0, 0.5f, 0, 0, 0);
    Decision.Send send = (Decision.Send) setup.choose(REQUEST, 0, 0);
    assertThat(send.choices().stream().map(Decision.Choice::slot)).containsExactly(1, 2, 0);
  }

  @Test
  void anExplanationSaysWhatDecided() {
    Setup setup = new Setup(3, List.of("least-request"), scorer("gpu-usage"));
    setup.board.sample(0, 0, 50, 0.1f, 0, 0, 0);
    setup.board.sample(1, 0, 0, 0.4f, 0, 0, 0);
    Explanation why = new Explanation();
    setup.scheduler.choose(REQUEST, new float[3], 4, 0, 0, StageTimer.NONE, why);
    assertThat(why.filters()).hasSize(1);
    assertThat(why.filters().get(0).left()).containsExactly(false, true, true);
    assertThat(why.scores().get(0).neutral()).containsExactly(false, false, true);
    assertThat(why.scores().get(0).scores()[1]).isEqualTo(0.6f);
    assertThat(why.order()).hasSize(2).doesNotContain(0);
  }

  @Test
  void roundRobinTakesTurns() {
    Setup setup = new Setup(3, "round-robin", List.of());
    assertThat(IntStream.range(0, 6).map(i -> setup.chosen(REQUEST, 0, i)).toArray())
        .containsExactly(0, 1, 2, 0, 1, 2);
  }

  @Test
  void powerOfTwoPrefersTheBetterOfTwoAndUsesAll() {
    Setup setup = new Setup(5, "power-of-two", List.of(), scorer("least-request"));
    for (int i = 0; i < 500; i++) {
      setup.chosen(REQUEST, 0, Mix.mix(i));
    }
    for (int slot = 0; slot < 5; slot++) {
      assertThat(setup.board.inFlight(slot)).isBetween(95, 105);
    }
  }

  @Test
  void randomIsEven() {
    Setup setup = new Setup(3, List.of(), scorer("random"));
    int[] counts = new int[3];
    for (int i = 0; i < 9_000; i++) {
      counts[setup.chosen(REQUEST, 0, Mix.mix(i))]++;
    }
    assertThat(java.util.Arrays.stream(counts)).allMatch(count -> count > 2_800 && count < 3_200);
  }

  @Test
  void orderOfRowsDoesNotDecideAmongDistinctTotals() {
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Setup setup = new Setup(6, List.of(), scorer("gpu-usage"));
      int best = random.nextInt(6);
      for (int slot = 0; slot < 6; slot++) {
        float usage = slot == best ? 0.1f : 0.2f + random.nextFloat() / 2;
        setup.board.sample(slot, 0, 0, usage, 0, 0, 0);
      }
      assertThat(setup.chosen(REQUEST, 0, seed)).isEqualTo(best);
    }
  }
}
