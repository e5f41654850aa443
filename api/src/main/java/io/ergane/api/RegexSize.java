package io.ergane.api;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Estimates how large an RE2 expression becomes once its counted repetitions are written out, as
 * the compiler does: {@code (a{1000}){1000}} is short text and a million instructions.
 */
final class RegexSize {
  private static final long CEILING = Long.MAX_VALUE / 4096;

  private final String regex;
  private int at;

  /** Sizes of what stands before the open groups, innermost last. */
  private final Deque<Long> outer = new ArrayDeque<>();

  /** Size of the current group so far, without its last atom. */
  private long done;

  /** Size of the last atom, to which a repetition applies. */
  private long atom;

  private RegexSize(String regex) {
    this.regex = regex;
  }

  /** Number of characters, classes and groups after expansion; never throws, saturates. */
  static long of(String regex) {
    return new RegexSize(regex).measure();
  }

  private long measure() {
    while (at < regex.length()) {
      step(regex.charAt(at));
    }
    while (!outer.isEmpty()) {
      close();
    }
    return add(done, atom);
  }

  private void step(char c) {
    switch (c) {
      case '(' -> {
        outer.push(add(done, atom));
        done = 0;
        atom = 0;
        at++;
      }
      case ')' -> {
        close();
        at++;
      }
      case '[' -> {
        next();
        skipClass();
      }
      case '{' -> repeat();
      case '\\' -> escape();
      default -> {
        next();
        at++;
      }
    }
  }

  /** Ends the last atom and begins one of size 1. */
  private void next() {
    done = add(done, atom);
    atom = 1;
  }

  private void close() {
    atom = add(add(done, atom), 1);
    done = outer.isEmpty() ? 0 : outer.pop();
  }

  private void escape() {
    if (regex.startsWith("\\Q", at)) {
      int end = regex.indexOf("\\E", at);
      int stop = end < 0 ? regex.length() : end;
      done = add(done, add(atom, stop - at - 2));
      atom = 1;
      at = end < 0 ? stop : stop + 2;
      return;
    }
    next();
    at = Math.min(regex.length(), at + 2);
  }

  private void skipClass() {
    at++;
    if (regex.startsWith("^", at)) {
      at++;
    }
    if (regex.startsWith("]", at)) {
      at++;
    }
    while (at < regex.length() && regex.charAt(at) != ']') {
      int named = regex.startsWith("[:", at) ? regex.indexOf(":]", at) : -1;
      at = named > 0 ? named + 2 : at + (regex.charAt(at) == '\\' ? 2 : 1);
    }
    at = Math.min(regex.length(), at + 1);
  }

  /** Reads {@code {n}}, {@code {n,}} or {@code {n,m}}; other braces are characters. */
  private void repeat() {
    int close = regex.indexOf('}', at);
    String counts = close < 0 ? "" : regex.substring(at + 1, close);
    if (!counts.matches("[0-9]{1,9}(,[0-9]{0,9})?")) {
      next();
      at++;
      return;
    }
    long times = 1;
    for (String count : counts.split(",")) {
      times = Math.max(times, Long.parseLong(count));
    }
    atom = times > CEILING / Math.max(1, atom) ? CEILING : atom * times;
    at = close + 1;
  }

  private static long add(long a, long b) {
    return Math.min(CEILING, a + b);
  }
}
