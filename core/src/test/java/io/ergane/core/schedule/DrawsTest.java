package io.ergane.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawsTest {
  @Test
  void equalSeedsAndIdsDrawTheSameAndOthersDoNot() {
    assertThat(Draws.of(7, "request-1")).isEqualTo(Draws.of(7, "request-1"));
    Set<Long> seen = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      for (int id = 0; id < 200; id++) {
        Draws draws = Draws.of(seed, "request-" + id);
        seen.add(draws.route());
        seen.add(draws.choice());
      }
    }
    assertThat(seen).hasSize(8_000);
  }

  @Test
  void idsThatFollowEachOtherDrawEvenly() {
    int small = 0;
    for (int id = 0; id < 10_000; id++) {
      small += Long.remainderUnsigned(Draws.of(1, "request-" + id).route(), 100) < 30 ? 1 : 0;
    }
    assertThat(small / 100.0).isCloseTo(30, within(2.0));
  }
}
