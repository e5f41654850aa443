package io.ergane.cli;

/** Counted words. */
final class Plural {
  private Plural() {}

  /** E.g. {@code 1 error}, {@code 0 errors}; for words that take an s. */
  static String of(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }
}
