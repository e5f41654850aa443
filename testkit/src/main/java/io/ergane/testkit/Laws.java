package io.ergane.testkit;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Runs a law over many cases that are the same in every run. Cases start small and grow; a failure
 * names the seed and the smallest size at which that seed fails.
 *
 * <p>{@code -Dlaws.seed=N} runs one seed alone ({@code -Dlaws.size=N} fixes its size), {@code
 * -Dlaws.cases=N} changes how many cases there are, to search longer.
 */
public final class Laws {
  private Laws() {}

  /**
   * Checks {@code law} for {@code cases} cases of sizes 0 to {@code maxSize}.
   *
   * @throws AssertionError for the first case that breaks the law, with its cause
   */
  public static void hold(int cases, int maxSize, Law law) {
    Long seed = Long.getLong("laws.seed");
    if (seed != null) {
      checkOne(seed, Integer.getInteger("laws.size", maxSize), law);
    } else {
      checkAll(Integer.getInteger("laws.cases", cases), maxSize, law);
    }
  }

  /** As {@link #hold(int, int, Law)} with 200 cases of sizes up to 50. */
  public static void hold(Law law) {
    hold(200, 50, law);
  }

  static void checkAll(int cases, int maxSize, Law law) {
    if (cases < 1)
      throw new IllegalArgumentException("cases is " + cases + "; a law needs 1 or more");
    for (int seed = 0; seed < cases; seed++) {
      checkOne(seed, sizeOf(seed, cases, maxSize), law);
    }
  }

  private static void checkOne(long seed, int size, Law law) {
    Throwable breach = breach(seed, size, law);
    if (breach == null) return;
    int smallest = size;
    for (int smaller = 0; smaller < smallest; smaller++) {
      Throwable smallBreach = breach(seed, smaller, law);
      if (smallBreach != null) {
        breach = smallBreach;
        smallest = smaller;
      }
    }
    throw new AssertionError(
        "breaks with seed %d, size %d (run it alone: -Dlaws.seed=%d -Dlaws.size=%d): %s"
            .formatted(seed, smallest, seed, smallest, breach.getMessage()),
        breach);
  }

  /** Sizes grow evenly; the first case has size 0, the last one {@code maxSize}. */
  private static int sizeOf(int index, int cases, int maxSize) {
    return cases == 1 ? maxSize : (int) ((long) maxSize * index / (cases - 1));
  }

  @SuppressWarnings("CatchingUnchecked")
  private static @Nullable Throwable breach(long seed, int size, Law law) {
    try {
      law.check(new SplittableRandom(seed), size);
      return null;
    } catch (Exception | AssertionError e) {
      return e;
    }
  }
}
