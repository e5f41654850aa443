package io.ergane.simulator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EngineModelTest {
  private static final long MILLI = 1_000_000;

  /**
   * Steps of 10 ms + 1 ms a sequence, 1 ms a prompt token, 4 slots, 100 tokens a step, 10 blocks of
   * 4.
   */
  private static final EngineConfig CONFIG =
      new EngineConfig(4, 8, 100, 10, 4, 10 * MILLI, MILLI, 1000, 0);

  private final List<String> log = new ArrayList<>();

  @Test
  void aStepCostsItsBaseItsSequencesAndItsPromptTokens() {
    EngineModel model = new EngineModel(CONFIG);
    submit(model, "a", prompt(0, 7), 2, 0);
    submit(model, "b", prompt(1, 5), 1, 0);

    model.advance(1000 * MILLI);

    assertThat(log).containsExactly("a0@24", "b0.@24", "a1.@35");
  }

  @Test
  void aRequestThatArrivesDuringAStepJoinsTheNext() {
    EngineModel model = new EngineModel(CONFIG);
    submit(model, "a", prompt(0, 1), 3, 0);
    model.advance(5 * MILLI);
    submit(model, "b", prompt(1, 1), 1, 5 * MILLI);

    model.advance(1000 * MILLI);

    assertThat(log).containsExactly("a0@12", "a1@25", "b0.@25", "a2.@36");
  }

  @Test
  void aCachedPrefixIsNotReadAgain() {
    EngineModel model = new EngineModel(CONFIG);
    submit(model, "a", prompt(0, 8), 1, 0);
    model.advance(1000 * MILLI);

    Sequence second = submit(model, "b", prompt(0, 9), 1, 1000 * MILLI);
    model.advance(2000 * MILLI);

    assertThat(second.cachedTokens()).isEqualTo(8);
    assertThat(log).last().isEqualTo("b0.@1012");
    assertThat(model.stats().prefixHitTokens()).isEqualTo(8);
    assertThat(model.stats().prefixQueryTokens()).isEqualTo(17);
  }

  @Test
  void aPromptThatIsCachedToTheLastTokenStillReadsOne() {
    EngineModel model = new EngineModel(CONFIG);
    submit(model, "a", prompt(0, 8), 1, 0);
    model.advance(1000 * MILLI);

    Sequence second = submit(model, "b", prompt(0, 8), 1, 1000 * MILLI);
    model.advance(2000 * MILLI);

    assertThat(second.cachedTokens()).isEqualTo(7);
  }

  @Test
  void theLeastRecentlyUsedPrefixGoesFirst() {
    EngineModel model = new EngineModel(CONFIG);
    long now = 0;
    for (int group : new int[] {0, 1, 0, 2}) {
      submit(model, "x", prompt(group, 16), 1, now);
      now += 1000 * MILLI;
      model.advance(now);
    }

    Sequence recent = submit(model, "b", prompt(0, 16), 1, now);
    Sequence old = submit(model, "c", prompt(1, 16), 1, now);
    model.advance(now + 1000 * MILLI);

    assertThat(recent.cachedTokens()).isEqualTo(15);
    assertThat(old.cachedTokens()).isZero();
  }

  @Test
  void aRequestWaitsForBlocksAndThoseBehindItWaitToo() {
    EngineModel model = new EngineModel(CONFIG);
    submit(model, "a", prompt(0, 20), 1, 0);
    submit(model, "b", prompt(1, 20), 1, 0);
    submit(model, "c", prompt(2, 1), 1, 0);

    model.advance(1);

    assertThat(model.running()).isEqualTo(1);
    assertThat(model.waiting()).isEqualTo(2);
    assertThat(model.usedBlocks()).isEqualTo(6);
    model.advance(1000 * MILLI);
    assertThat(log).containsExactly("a0.@31", "b0.@64", "c0.@64");
  }

  @Test
  void aPromptLargerThanAStepsBudgetIsReadInParts() {
    EngineConfig config = new EngineConfig(4, 8, 20, 100, 4, 10 * MILLI, MILLI, 1000, 0);
    EngineModel model = new EngineModel(config);
    submit(model, "long", prompt(0, 50), 1, 0);

    model.advance(1000 * MILLI);

    assertThat(log).containsExactly("long0.@83");
  }

  @Test
  void anUnloadedEngineKeepsTheTimesItWasGiven() {
    EngineModel model =
        new EngineModel(CONFIG.withTimes(Duration.ofMillis(20), Duration.ofMillis(5)));
    submit(model, "a", prompt(0, 7), 3, 0);

    model.advance(1000 * MILLI);

    assertThat(log).containsExactly("a0@20", "a1@25", "a2.@30");
  }

  @Test
  void aPacedRequestKeepsItsTimesBesideABusyBatch() {
    EngineModel model = new EngineModel(CONFIG);
    Pace pace = new Pace(3 * MILLI, 2 * MILLI);
    model.submit(new EngineRequest(prompt(0, 4), 4, 3, pace), listener("p"), 0);
    submit(model, "a", prompt(1, 1), 1, 0);

    model.advance(1000 * MILLI);

    assertThat(log).containsExactly("p0@3", "p1@5", "p2.@7", "a0.@12");
  }

  @Test
  void aPaceWithoutGapsGivesAllTokensTogether() {
    EngineModel model = new EngineModel(CONFIG);
    List<Integer> counts = new ArrayList<>();
    EngineRequest request = new EngineRequest(prompt(0, 4), 4, 5, new Pace(0, 0));
    model.submit(request, (first, count, last, at) -> counts.add(count), 0);

    model.advance(0);

    assertThat(counts).containsExactly(5);
    assertThat(model.running()).isZero();
  }

  @Test
  void aPaceWithoutFirstTokenHoldsItsSlotUntilCancelled() {
    EngineModel model = new EngineModel(CONFIG);
    EngineRequest request = new EngineRequest(prompt(0, 4), 4, 5, new Pace(Pace.NEVER, Pace.NEVER));
    Sequence stalled = model.submit(request, listener("s"), 0);

    model.advance(1000 * MILLI);

    assertThat(model.running()).isEqualTo(1);
    assertThat(model.nextWakeup()).isEqualTo(EngineModel.NEVER);
    assertThat(model.cancel(stalled, 1000 * MILLI)).isTrue();
    assertThat(model.running()).isZero();
    assertThat(model.usedBlocks()).isZero();
  }

  @Test
  void aCancelledRequestFreesItsSlotAtOnceAndGivesNoMoreTokens() {
    EngineModel model = new EngineModel(CONFIG.withMaxSequences(1));
    Sequence first = submit(model, "a", prompt(0, 1), 5, 0);
    submit(model, "b", prompt(1, 1), 1, 0);
    model.advance(13 * MILLI);

    assertThat(model.cancel(first, 13 * MILLI)).isTrue();
    assertThat(model.cancel(first, 13 * MILLI)).isFalse();

    assertThat(model.running()).isZero();
    model.advance(1000 * MILLI);
    assertThat(log).containsExactly("a0@12", "b0.@35");
  }

  @Test
  void aPromptWhoseReadingWasCancelledIsNotCached() {
    EngineModel model = new EngineModel(CONFIG);
    Sequence first = submit(model, "a", prompt(0, 8), 1, 0);
    model.advance(1);
    model.cancel(first, 1);
    assertThat(model.cachedBlocks()).isZero();

    Sequence second = submit(model, "b", prompt(0, 8), 1, 2);
    model.advance(1000 * MILLI);

    assertThat(second.cachedTokens()).isZero();
  }

  @Test
  void aListenerMaySubmitAndCancelWhileTokensCome() {
    EngineModel model = new EngineModel(CONFIG);
    Sequence[] victim = new Sequence[1];
    TokenListener first =
        (index, count, last, at) -> {
          model.cancel(victim[0], at);
          if (last) {
            submit(model, "next", prompt(2, 1), 1, at);
          }
        };
    model.submit(new EngineRequest(prompt(0, 1), 1, 1, null), first, 0);
    victim[0] = submit(model, "victim", prompt(1, 1), 9, 0);

    model.advance(1000 * MILLI);

    assertThat(log).containsExactly("next0.@26");
    assertThat(model.usedBlocks()).isZero();
  }

  @Test
  void aRequestLargerThanTheCacheAndOneBeyondTheQueueAreRefused() {
    EngineModel model = new EngineModel(CONFIG);

    assertThat(model.accepts(30, 10)).isTrue();
    assertThat(model.accepts(30, 11)).isFalse();
    assertThatThrownBy(() -> submit(model, "a", prompt(0, 30), 11, 0))
        .isInstanceOf(IllegalArgumentException.class);
    for (int i = 0; i < CONFIG.maxWaiting(); i++) {
      submit(model, "w", prompt(0, 1), 1, 0);
    }
    assertThat(model.full()).isTrue();
    assertThatThrownBy(() -> submit(model, "a", prompt(0, 1), 1, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private Sequence submit(EngineModel model, String name, long[] prompt, int output, long now) {
    int tokens = (int) prompt[prompt.length - 1];
    long[] blocks = Arrays.copyOf(prompt, tokens / CONFIG.blockTokens());
    return model.submit(new EngineRequest(blocks, tokens, output, null), listener(name), now);
  }

  private TokenListener listener(String name) {
    return (first, count, last, at) -> log.add(name + first + (last ? "." : "") + "@" + at / MILLI);
  }

  /** Block hashes of a prompt of that group, followed by its number of tokens. */
  private static long[] prompt(int group, int tokens) {
    long[] prompt = new long[tokens / CONFIG.blockTokens() + 1];
    for (int i = 0; i < prompt.length - 1; i++) {
      prompt[i] = group * 100L + i;
    }
    prompt[prompt.length - 1] = tokens;
    return prompt;
  }
}
