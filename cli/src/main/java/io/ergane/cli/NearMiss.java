package io.ergane.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known word that a mistyped one was most likely meant to be. */
final class NearMiss {
  private NearMiss() {}

  /**
   * The closest of {@code known}, when it is close: it starts with {@code typed}, or at most a
   * third of the longer word (and at least one letter) has to be changed. Equal distance: the first
   * in alphabetical order.
   */
  static Optional<String> of(String typed, Collection<String> known) {
    String word = typed.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(k -> isClose(word, k))
        .min(Comparator.<String>comparingInt(k -> distance(word, k)).thenComparing(k -> k));
  }

  private static boolean isClose(String word, String known) {
    if (word.length() > 1 && known.startsWith(word)) return true;
    return distance(word, known) <= Math.max(1, Math.max(word.length(), known.length()) / 3);
  }

  /** Optimal string alignment distance: inserts, deletes, replacements and swaps of neighbours. */
  static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) last[j] = j;
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
