package io.ergane.simulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlockTableTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void behavesLikeAMap(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BlockTable table = new BlockTable(64);
    Map<Long, Integer> map = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      long key = random.nextInt(100) * (random.nextBoolean() ? 1L : 1L << 32);
      if (random.nextBoolean() && map.size() < 64) {
        Integer old = map.put(key, i);
        assertThat(table.put(key, i)).isEqualTo(old == null ? BlockTable.NONE : (int) old);
      } else {
        map.remove(key);
        table.remove(key);
      }
      long other = random.nextInt(100);
      assertThat(table.get(other)).isEqualTo((int) map.getOrDefault(other, BlockTable.NONE));
    }
    map.forEach((key, value) -> assertThat(table.get(key)).isEqualTo((int) value));
  }
}
