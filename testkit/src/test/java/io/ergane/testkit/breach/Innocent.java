package io.ergane.testkit.breach;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/** Code that breaks no rule, though it comes near. */
final class Innocent {
  private static final int[] SQUARES = {0, 1, 4};
  static final Map<String, Integer> NAMES = Map.of("a", 1);
  static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  static final TimeUnit UNIT = TimeUnit.SECONDS;

  private final Map<String, Integer> counts = new HashMap<>();
  private final AtomicIntegerArray inFlight = new AtomicIntegerArray(2);
  private @Nullable String last;

  enum Colour {
    RED,
    BLUE {
      @Override
      int weight() {
        return 2;
      }
    };

    int weight() {
      return 1;
    }
  }

  sealed interface Shape permits Circle {}

  record Circle(int radius) implements Shape {}

  int choose(long seed, long nowNanos, Colour colour) {
    int roll = new SplittableRandom(seed).nextInt(SQUARES.length);
    counts.merge("choices", roll, Integer::sum);
    inFlight.incrementAndGet(0);
    last = colour.name();
    return SQUARES[roll] + (int) UNIT.toSeconds(nowNanos);
  }

  int area(Shape shape) {
    return switch (shape) {
      case Circle(int radius) -> 3 * radius * radius;
    };
  }

  Instant after(Instant start, Duration wait) {
    return start.plus(wait);
  }

  List<String> words(byte[] bytes) throws IOException {
    if (bytes.length == 0) throw new IOException("empty");
    var words = new ArrayList<String>();
    words.add(StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes)).toString());
    words.sort((a, b) -> b.compareTo(a));
    return List.copyOf(words);
  }

  Map<Colour, @Nullable String> lastByColour() {
    var map = new EnumMap<Colour, @Nullable String>(Colour.class);
    map.put(Colour.RED, last);
    return map;
  }
}
