package io.ergane.simulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every workload; each seed is one. */
final class EngineModelLawsTest {
  private static final EngineConfig SMALL =
      new EngineConfig(6, 1000, 64, 24, 4, 1_000_000, 50_000, 20_000, 1_500_000);

  /** How often a run advances beyond what it must. */
  private enum Steps {
    FEW,
    EVERY_WAKEUP,
    RANDOM
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyRequestEndsExactlyOnceAndItsBlocksComeBack(long seed) {
    Run run = new Run(seed, Steps.EVERY_WAKEUP).run();

    EngineStats stats = run.model.stats();
    assertThat(stats.submitted()).isEqualTo(Run.REQUESTS);
    assertThat(stats.finished() + stats.cancelled()).isEqualTo(Run.REQUESTS);
    assertThat(stats.cancelled()).isPositive();
    assertThat(run.sequences).allMatch(Sequence::ended);
    assertThat(run.lastTokens).isEqualTo(stats.finished());
    assertThat(run.model.running()).isZero();
    assertThat(run.model.waiting()).isZero();
    assertThat(run.model.usedBlocks()).isZero();
    assertThat(run.model.nextWakeup()).isEqualTo(EngineModel.NEVER);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void totalsAgreeWithTheTokensSeen(long seed) {
    Run run = new Run(seed, Steps.EVERY_WAKEUP).run();

    EngineStats stats = run.model.stats();
    assertThat(stats.generationTokens()).isEqualTo(run.tokens);
    assertThat(stats.timeToFirstToken().count()).isEqualTo(run.firstTokens);
    assertThat(stats.interTokenLatency().count()).isEqualTo(run.tokens - run.firstTokens);
    assertThat(stats.prefixHitTokens()).isBetween(1L, stats.prefixQueryTokens());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theSameWorkloadGivesTheSameTokensHoweverOftenTimeAdvances(long seed) {
    List<String> log = new Run(seed, Steps.EVERY_WAKEUP).run().log;

    assertThat(log).hasSizeGreaterThan(Run.REQUESTS);
    assertThat(new Run(seed, Steps.EVERY_WAKEUP).run().log).isEqualTo(log);
    assertThat(new Run(seed, Steps.FEW).run().log).isEqualTo(log);
    assertThat(new Run(seed, Steps.RANDOM).run().log).isEqualTo(log);
  }

  /**
   * One workload on one model: bursts of requests that share prefixes, some paced, some cancelled.
   */
  private static final class Run {
    static final int REQUESTS = 300;

    final EngineModel model = new EngineModel(SMALL);
    final List<Sequence> sequences = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    long tokens;
    long firstTokens;
    long lastTokens;
    private final SplittableRandom random;
    private final SplittableRandom steps;
    private final Steps kind;
    private long now;

    Run(long seed, Steps kind) {
      this.random = new SplittableRandom(seed);
      this.steps = new SplittableRandom(~seed);
      this.kind = kind;
    }

    Run run() {
      while (sequences.size() < REQUESTS) {
        advance(now + random.nextLong(random.nextBoolean() ? 400_000 : 6_000_000));
        submit();
        if (random.nextInt(4) == 0) {
          advance(now + random.nextLong(3_000_000));
          model.cancel(sequences.get(random.nextInt(sequences.size())), now);
        }
      }
      for (int i = 0; model.nextWakeup() != EngineModel.NEVER; i++) {
        assertThat(i).as("wake-ups until the end").isLessThan(100_000);
        long wakeup = model.nextWakeup();
        model.advance(wakeup);
        assertThat(model.nextWakeup()).as("progress").isGreaterThanOrEqualTo(wakeup);
      }
      return this;
    }

    private void advance(long until) {
      switch (kind) {
        case FEW -> {}
        case EVERY_WAKEUP -> {
          while (model.nextWakeup() < until) {
            model.advance(model.nextWakeup());
            check();
          }
        }
        case RANDOM -> {
          while (now < until - 100_000) {
            now += steps.nextLong(100_000);
            model.advance(now);
          }
        }
      }
      now = until;
      model.advance(now);
      check();
    }

    private void check() {
      assertThat(model.running()).isBetween(0, SMALL.maxSequences());
      assertThat(model.usedBlocks()).isBetween(0, SMALL.kvBlocks());
      assertThat(model.cachedBlocks()).isBetween(0, SMALL.kvBlocks());
      assertThat(model.kvUsage()).isBetween(0.0, 1.0);
      assertThat(model.usedBlocks() > 0).isEqualTo(model.running() > 0);
    }

    private void submit() {
      int promptTokens = 1 + random.nextInt(80);
      long[] hashes = new long[promptTokens / SMALL.blockTokens()];
      long group = random.nextInt(5);
      int shared = random.nextInt(20);
      for (int i = 0; i < hashes.length; i++) {
        hashes[i] = (i < shared ? group : 1000 + sequences.size()) * 1000 + i;
      }
      Pace pace =
          random.nextInt(4) > 0
              ? null
              : new Pace(random.nextLong(4_000_000), random.nextInt(2) * random.nextLong(900_000));
      int id = sequences.size();
      EngineRequest request = new EngineRequest(hashes, promptTokens, random.nextInt(16), pace);
      sequences.add(
          model.submit(request, (first, count, last, at) -> seen(id, first, count, last, at), now));
    }

    private void seen(int id, int first, int count, boolean last, long at) {
      assertThat(first + count).isEqualTo(sequences.get(id).generated());
      tokens += count;
      firstTokens += first == 0 && count > 0 ? 1 : 0;
      lastTokens += last ? 1 : 0;
      log.add(id + " " + first + "+" + count + (last ? " last" : "") + " at " + at);
    }
  }
}
