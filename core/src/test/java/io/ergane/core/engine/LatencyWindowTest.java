package io.ergane.core.engine;

import static io.ergane.core.engine.LatencyWindow.advance;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LatencyWindowTest {

  private static final LatencyWindow UNKNOWN = new LatencyWindow(Double.NaN, Double.NaN);

  @Test
  void isTheMeanOfWhatWasObservedInBetween() {
    assertThat(advance(totals(10, 100), totals(13, 106))).isEqualTo(0.5);
  }

  @Test
  void theFirstScrapeSaysNothing() {
    assertThat(advance(null, totals(10, 100))).isNaN();
    assertThat(advance(UNKNOWN, totals(10, 100))).isNaN();
  }

  @Test
  void nothingObservedSaysNothing() {
    assertThat(advance(totals(10, 100), totals(10, 100))).isNaN();
    assertThat(advance(totals(10, 100), totals(0, 0))).isNaN();
  }

  @Test
  void unknownTotalsSayNothing() {
    assertThat(advance(totals(10, 100), UNKNOWN)).isNaN();
    assertThat(advance(totals(10, 100), new LatencyWindow(11, Double.NaN))).isNaN();
  }

  @Test
  void totalsThatWentDownAreARestartedEnginesWholeLife() {
    assertThat(advance(totals(10, 100), totals(2, 8))).isEqualTo(0.25);
    assertThat(advance(totals(10, 100), totals(20, 80))).isEqualTo(0.25);
    assertThat(advance(totals(10, 100), totals(5, 200))).isEqualTo(0.025);
  }

  private static LatencyWindow totals(double sum, double count) {
    return new LatencyWindow(sum, count);
  }
}
