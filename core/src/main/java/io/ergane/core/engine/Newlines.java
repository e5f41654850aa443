package io.ergane.core.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Search for line ends eight bytes at a time. */
final class Newlines {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long NEWLINES = ONES * '\n';

  private Newlines() {}

  /**
   * Index of the first line feed in {@code [from, to)}, or -1.
   *
   * <p>A byte of {@code x} is zero where {@code (x - ONES) & ~x & HIGHS} has its high bit, and the
   * lowest such bit is exact (Mycroft's test; Warren, Hacker's Delight, 2nd ed., 6-1).
   */
  static int next(byte[] text, int from, int to) {
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long x = (long) WORD.get(text, at) ^ NEWLINES;
      long zeros = (x - ONES) & ~x & HIGHS;
      if (zeros != 0) {
        return at + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
    }
    for (; at < to; at++) {
      if (text[at] == '\n') {
        return at;
      }
    }
    return -1;
  }
}
