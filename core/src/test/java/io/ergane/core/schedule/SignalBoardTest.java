package io.ergane.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignalBoardTest {
  private static Endpoint endpoint(int i) {
    return new Endpoint(new ObjectName("default", "pod-" + i), "127.0.1." + i, 8000, false);
  }

  @Test
  void anEndpointKeepsItsSlotAndItsCountsWhenItComesBack() {
    SignalBoard board = new SignalBoard(4);
    int slot = board.claim(endpoint(1));
    board.reserve(slot);
    board.retire(endpoint(1));
    board.claim(endpoint(2));
    assertThat(board.claim(endpoint(1))).isEqualTo(slot);
    assertThat(board.inFlight(slot)).isEqualTo(1);
  }

  @Test
  void aSlotWithRequestsInFlightIsNotGivenToAnother() {
    SignalBoard board = new SignalBoard(1);
    int slot = board.claim(endpoint(1));
    board.reserve(slot);
    board.retire(endpoint(1));
    assertThat(board.claim(endpoint(2))).isEqualTo(-1);
    board.release(slot);
    assertThat(board.claim(endpoint(2))).isEqualTo(slot);
    assertThat(board.slotOf(endpoint(1))).isEqualTo(-1);
    assertThat(board.inFlight(slot)).isZero();
  }

  @Test
  void aNewHolderOfASlotKnowsNothingOfTheOldOnesSignals() {
    SignalBoard board = new SignalBoard(1);
    int slot = board.claim(endpoint(1));
    board.sample(slot, 1, 2, 0.5f, 0.1f, 0.01f, 100);
    board.retire(endpoint(1));
    board.claim(endpoint(2));
    board.sample(slot, 1, 2, 0.5f, Float.NaN, Float.NaN, 200);
    assertThat(board.read(Signal.TTFT, slot, 200, 1000)).isNaN();
    assertThat(board.models(slot)).isNull();
  }

  @Test
  void aFullBoardSaysSo() {
    SignalBoard board = new SignalBoard(2);
    assertThat(board.claim(endpoint(1))).isNotNegative();
    assertThat(board.claim(endpoint(2))).isNotNegative();
    assertThat(board.claim(endpoint(3))).isEqualTo(-1);
    assertThat(board.used()).isEqualTo(2);
  }

  @Test
  void valuesThatWereNeverSampledOrAreTooOldAreUnknown() {
    SignalBoard board = new SignalBoard(2);
    int slot = board.claim(endpoint(1));
    assertThat(board.read(Signal.WAITING, slot, 0, 1000)).isNaN();
    board.sample(slot, 1, 2, Float.NaN, 0.1f, 0.01f, 100);
    assertThat(board.read(Signal.WAITING, slot, 1100, 1000)).isEqualTo(2);
    assertThat(board.read(Signal.KV_USAGE, slot, 1100, 1000)).isNaN();
    assertThat(board.read(Signal.WAITING, slot, 1101, 1000)).isNaN();
  }

  @Test
  void readingManySlotsIsReadingEachOfThem() {
    SignalBoard board = new SignalBoard(8);
    Random random = new Random(1);
    int[] slots = new int[8];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = board.claim(endpoint(i));
      for (int held = random.nextInt(3); held > 0; held--) {
        board.reserve(slots[i]);
      }
      if (i % 4 != 0) {
        board.sample(slots[i], i, 2 * i, i % 2 == 0 ? Float.NaN : 0.1f * i, i, i, 100L * i);
      }
    }
    boolean[] fresh = new boolean[slots.length];
    float[] column = new float[slots.length];
    board.fresh(slots, 900, 500, fresh);
    for (Signal signal : EnumSet.range(Signal.IN_FLIGHT, Signal.TPOT)) {
      board.read(signal, slots, fresh, column);
      float[] each = new float[slots.length];
      for (int i = 0; i < slots.length; i++) {
        each[i] = board.read(signal, slots[i], 900, 500);
      }
      assertThat(Arrays.equals(column, each)).as(signal.name()).isTrue();
    }
  }

  @Test
  void latenciesOfAQuietEngineKeepTheirLastValue() {
    SignalBoard board = new SignalBoard(1);
    int slot = board.claim(endpoint(1));
    board.sample(slot, 0, 0, 0, 0.2f, 0.02f, 100);
    board.sample(slot, 0, 0, 0, Float.NaN, Float.NaN, 200);
    assertThat(board.read(Signal.TTFT, slot, 200, 1000)).isEqualTo(0.2f);
  }

  @Test
  void releasingTooOftenIsAnError() {
    SignalBoard board = new SignalBoard(1);
    int slot = board.claim(endpoint(1));
    assertThatThrownBy(() -> board.release(slot)).hasMessageContaining("more often than reserved");
  }
}
