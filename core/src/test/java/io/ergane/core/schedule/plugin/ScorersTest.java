package io.ergane.core.schedule.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.core.schedule.Round;
import io.ergane.core.schedule.Scorer;
import io.ergane.core.schedule.Signal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScorersTest {
  private static Scorer scorer(String name, Map<String, String> arguments) {
    TreeMap<String, java.util.SortedMap<String, String>> all = new TreeMap<>();
    all.put(name, new TreeMap<>(arguments));
    SchedulingProfile profile =
        new SchedulingProfile(
            List.of(), List.of(new WeightedScorer(name, 1)), SchedulingProfile.DEFAULT_PICKER, all);
    return PluginRegistry.pipeline(profile).scorers().get(0).scorer();
  }

  private static float[] scores(Scorer scorer, Round round) {
    float[] out = new float[round.size()];
    scorer.score(round, out);
    return out;
  }

  private static void fill(Round round, Signal signal, float... values) {
    System.arraycopy(values, 0, round.column(signal), 0, values.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"least-request", "gpu-usage", "least-latency", "prefix-cache", "random"})
  void scoresLieBetweenZeroAndOneAndAreEqualForEqualRounds(String name) {
    Scorer scorer = scorer(name, Map.of());
    for (long seed = 0; seed < 200; seed++) {
      float[] first = scores(scorer, randomRound(seed));
      assertThat(scores(scorer, randomRound(seed))).isEqualTo(first);
      for (float score : first) {
        assertThat(Float.isNaN(score) || (score >= 0 && score <= 1)).isTrue();
      }
    }
  }

  private static Round randomRound(long seed) {
    Random random = new Random(seed);
    int size = 1 + random.nextInt(20);
    Round round = Round.of(size, random.nextLong(), seed);
    for (Signal signal : Signal.values()) {
      boolean share = signal == Signal.KV_USAGE || signal == Signal.PREFIX_MATCH;
      for (int row = 0; row < size; row++) {
        float value = share ? random.nextFloat() : random.nextInt(100) / 10f;
        boolean known = signal == Signal.IN_FLIGHT || signal == Signal.PREFIX_MATCH;
        round.column(signal)[row] = known || random.nextInt(4) > 0 ? value : Float.NaN;
      }
    }
    return round;
  }

  @Test
  void leastRequestPenalisesWhatTheEngineDoesNotRunYet() {
    Round round = Round.of(3, 0, 0);
    fill(round, Signal.IN_FLIGHT, 10, 2, 0);
    fill(round, Signal.RUNNING, 10, 1, 0);
    // Loads 10, 2 + 100 and 0; the greatest is 102.
    assertThat(scores(scorer("least-request", Map.of()), round))
        .containsExactly(92f / 102f, 0f, 1f);
  }

  @Test
  void leastRequestIsEvenWhenNothingRuns() {
    Round round = Round.of(2, 0, 0);
    fill(round, Signal.IN_FLIGHT, 0, 0);
    assertThat(scores(scorer("least-request", Map.of()), round)).containsExactly(1f, 1f);
  }

  @Test
  void leastLatencyMixesTheTwoByItsFactor() {
    Round round = Round.of(3, 0, 0);
    fill(round, Signal.TTFT, 0.1f, 0.3f, 0.2f);
    fill(round, Signal.TPOT, 0.03f, 0.01f, 0.02f);
    assertThat(scores(scorer("least-latency", Map.of("ttfttpotweightfactor", "1")), round))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(1f, 0f, 0.5f);
    assertThat(scores(scorer("least-latency", Map.of("TTFTTPOTWeightFactor", "0.75")), round))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(0.75f, 0.25f, 0.5f);
  }

  @Test
  void leastLatencyDoesNotRateWhatWasNotMeasured() {
    Round round = Round.of(2, 0, 0);
    fill(round, Signal.TTFT, 0.1f, Float.NaN);
    fill(round, Signal.TPOT, 0.1f, 0.1f);
    assertThat(scores(scorer("least-latency", Map.of()), round)[1]).isNaN();
  }

  @Test
  void problemsNameWhatIsAccepted() {
    SchedulingProfile profile =
        new SchedulingProfile(
            List.of("least-requests"),
            List.of(new WeightedScorer("random", 1), new WeightedScorer("least-latency", 1)),
            "best",
            new TreeMap<>(
                Map.of(
                    "least-latency",
                    new TreeMap<>(Map.of("ttfttpotweightfactor", "2", "factor", "1")))));
    assertThat(PluginRegistry.problems(profile))
        .anyMatch(p -> p.contains("unknown filter 'least-requests'") && p.contains("lora-affinity"))
        .anyMatch(p -> p.contains("unknown picker 'best'"))
        .anyMatch(p -> p.contains("'random' is left out"))
        .anyMatch(p -> p.contains("a number from 0 to 1 is accepted"))
        .anyMatch(p -> p.contains("unknown argument 'factor'"));
  }
}
