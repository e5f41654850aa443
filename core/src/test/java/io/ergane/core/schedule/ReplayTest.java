package io.ergane.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.core.schedule.ScheduleRequest.Prompt;
import io.ergane.core.schedule.plugin.PluginRegistry;
import io.ergane.testkit.Laws;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final ObjectName POOL = new ObjectName("default", "pool");
  private static final long NOW = 1_000_000_000_000L;
  private static final List<String> SCORERS =
      List.of("least-request", "gpu-usage", "least-latency", "prefix-cache");
  private static final List<String> PICKERS = List.of("max-score", "round-robin", "power-of-two");

  private final HealthPolicy policy = new HealthPolicy(1, 1_000, 1_000, 10_000);

  @Test
  void whatWasDecidedIsDecidedAgainFromItsRecordAlone() {
    Laws.hold((random, size) -> {
      Pipeline pipeline = PluginRegistry.pipeline(profile(random));
      Explanation recorded = decide(random, size % 12, pipeline);
      assertThat(Replay.differences(recorded, "m", pipeline)).isEmpty();
    });
  }

  @Test
  void anotherPipelineIsToldApart() {
    Pipeline loaded = PluginRegistry.pipeline(profile("max-score", "least-request"));
    Pipeline cached = PluginRegistry.pipeline(profile("max-score", "gpu-usage"));
    SplittableRandom random = new SplittableRandom(1);
    int different = 0;
    for (int i = 0; i < 50; i++) {
      Explanation recorded = decide(random, 8, loaded);
      different += Replay.differences(recorded, "m", cached).isEmpty() ? 0 : 1;
    }
    assertThat(different).isGreaterThan(30);
  }

  private static SchedulingProfile profile(String picker, String... scorers) {
    return new SchedulingProfile(
        List.of(),
        List.of(scorers).stream().map(name -> new WeightedScorer(name, 1)).toList(),
        picker,
        new TreeMap<>());
  }

  private static SchedulingProfile profile(RandomGenerator random) {
    List<WeightedScorer> scorers =
        SCORERS.stream()
            .filter(_ -> random.nextBoolean())
            .map(name -> new WeightedScorer(name, random.nextInt(1, 4)))
            .toList();
    List<String> filters =
        List.of("least-request", "lora-affinity").stream()
            .filter(_ -> random.nextInt(3) == 0)
            .toList();
    String picker = PICKERS.get(random.nextInt(PICKERS.size()));
    return new SchedulingProfile(filters, scorers, picker, new TreeMap<>());
  }

  private Explanation decide(RandomGenerator random, int endpoints, Pipeline pipeline) {
    SignalBoard board = new SignalBoard(64);
    EndpointHealth health = new EndpointHealth(64, policy);
    EndpointTable table =
        new EndpointTable(
            POOL, IntStream.range(0, endpoints).mapToObj(ReplayTest::endpoint).toList());
    for (Endpoint row : table.rows()) {
      int slot = board.claim(row);
      health.join(slot, random.nextInt(4) > 0, NOW - random.nextInt(12_000));
      if (random.nextInt(4) == 0) {
        health.failed(slot, NOW - random.nextInt(2_000));
      }
      describe(random, board, slot);
    }
    PoolScheduler scheduler = new PoolScheduler(table, board, health, pipeline, 100);
    Explanation explanation = new Explanation();
    float[] shares = new float[endpoints];
    for (int i = 0; i < endpoints; i++) {
      shares[i] = random.nextInt(3) == 0 ? 0 : random.nextInt(100) / 100f;
    }
    for (int before = random.nextInt(4); before >= 0; before--) {
      explanation = new Explanation();
      scheduler.choose(
          new ScheduleRequest("m", random.nextInt(3) == 0, Prompt.NONE, only(random, table)),
          shares,
          random.nextInt(5),
          NOW,
          random.nextLong(),
          StageTimer.NONE,
          explanation);
    }
    return explanation;
  }

  private static void describe(RandomGenerator random, SignalBoard board, int slot) {
    if (random.nextInt(5) > 0) {
      board.sample(
          slot,
          random.nextInt(6),
          random.nextInt(13),
          random.nextInt(100) / 100f,
          random.nextInt(4) / 10f,
          random.nextInt(3) == 0 ? Float.NaN : random.nextInt(4) / 100f,
          NOW - random.nextInt(120));
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      board.reserve(slot);
    }
    if (random.nextBoolean()) {
      board.models(slot, random.nextBoolean() ? Set.of("m", "n") : Set.of("n"));
    }
  }

  private static @Nullable Set<String> only(RandomGenerator random, EndpointTable table) {
    if (random.nextInt(4) > 0) {
      return null;
    }
    Set<String> only = new HashSet<>();
    table.rows().stream()
        .filter(_ -> random.nextBoolean())
        .forEach(row -> only.add(row.authority()));
    return only;
  }

  private static Endpoint endpoint(int i) {
    return new Endpoint(
        new ObjectName("default", "pod-%02d".formatted(i)), "127.0.1." + i, 8000, false);
  }
}
