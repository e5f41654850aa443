package io.ergane.api;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Guesses the word that somebody meant. */
public final class Suggestion {
  private static final int LONGEST = 64;
  private static final int MOST_CHANGES = 3;

  private Suggestion() {}

  /**
   * The closest of some words, ignoring case; null if none is near. A word is near that begins with
   * what was written, or in which at most a third of the letters, but no more than three, were
   * changed; one always may be. Equally close: the first in alphabetical order.
   */
  public static @Nullable String nearest(String written, Collection<String> words) {
    if (written.length() > LONGEST) {
      return null;
    }
    String lower = written.toLowerCase(Locale.ROOT);
    return words.stream()
        .filter(word -> isNear(lower, word.toLowerCase(Locale.ROOT)))
        .min(
            Comparator.<String>comparingInt(word -> distance(lower, word.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  private static boolean isNear(String written, String word) {
    int third = Math.max(written.length(), word.length()) / 3;
    return (written.length() > 1 && word.startsWith(written))
        || distance(written, word) <= Math.clamp(third, 1, MOST_CHANGES);
  }

  /**
   * Edit distance with insertion, deletion, replacement and exchange of neighbours ("optimal string
   * alignment").
   */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(a, b, cost, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(String a, String b, int[][] cost, int i, int j) {
    int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int best = Math.min(change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
    boolean exchanged =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return exchanged ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
