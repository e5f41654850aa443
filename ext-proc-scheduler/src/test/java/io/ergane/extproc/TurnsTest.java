package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.extproc.Turns.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final long SEED = Long.getLong("laws.seed", 20_261_122);
  private static final int MOST = 100;

  private final Turns turns = new Turns(MOST);
  private final List<Integer> began = new ArrayList<>();

  private Turn ask(int number, int bytes) {
    Turn turn = new Turn(bytes, Runnable::run, () -> began.add(number));
    if (turns.ask(turn)) {
      began.add(number);
    }
    return turn;
  }

  @Test
  void whatFitsBeginsAtOnceAndTheRestInOrder() {
    Turn first = ask(1, 60);
    Turn second = ask(2, 60);
    ask(3, 10);
    assertThat(began).containsExactly(1);
    assertThat(turns.waiting()).isEqualTo(2);

    turns.over(first);
    assertThat(began).containsExactly(1, 2, 3);
    turns.over(first);
    turns.over(second);
    assertThat(turns.taken()).isEqualTo(10);
  }

  @Test
  void oneThatIsTooLongForAllHasItsTurnAlone() {
    Turn first = ask(1, 10);
    Turn giant = ask(2, 1000);
    ask(3, 10);
    turns.over(first);
    assertThat(began).containsExactly(1, 2);
    turns.over(giant);
    assertThat(began).containsExactly(1, 2, 3);
  }

  @Test
  void oneThatLeavesWhileItWaitsHoldsNobodyUp() {
    Turn first = ask(1, 60);
    Turn second = ask(2, 60);
    ask(3, 30);
    turns.over(second);
    assertThat(began).containsExactly(1, 3);
    turns.over(first);
    assertThat(turns.waiting()).isZero();
  }

  @Test
  void theBoundHoldsAndEveryoneHasATurn() {
    Random random = new Random(SEED);
    List<Turn> open = new ArrayList<>();
    int asked = 0;
    for (int step = 0; step < 10_000; step++) {
      if (random.nextBoolean()) {
        open.add(ask(asked++, 1 + random.nextInt(MOST)));
      } else if (!open.isEmpty()) {
        turns.over(open.removeFirst());
      }
      assertThat(turns.taken()).as("seed %d, step %d", SEED, step).isBetween(0L, (long) MOST);
    }
    open.forEach(turns::over);
    assertThat(turns.taken()).isZero();
    assertThat(turns.waiting()).isZero();
    assertThat(began).hasSize(asked).isSorted();
  }
}
