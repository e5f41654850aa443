package io.ergane.core.llm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes at a time in one long, little endian: the lowest byte is the first.
 *
 * <p>The marks are computed with borrows between bytes: the lowest marked byte is exact, higher
 * ones may be false. See Warren, Hacker's Delight, 2nd edition, section 6-1.
 */
final class Words {
  static final long HIGH_BITS = 0x8080808080808080L;
  private static final long ONES = 0x0101010101010101L;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Words() {}

  static long load(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /**
   * High bit set at bytes that end a run of plain JSON text: quote, backslash, control characters,
   * non-ASCII. Other bits are noise. Flipping bit 1 moves the quote next to the control characters,
   * so one subtraction finds both.
   */
  static long notPlain(long word) {
    return word | ((word ^ (ONES * 0x02)) - ONES * 0x21) | ((word ^ (ONES * '\\')) - ONES);
  }

  /** High bit set at line feeds and carriage returns. */
  static long lineEnds(long word) {
    long lf = word ^ (ONES * '\n');
    long cr = word ^ (ONES * '\r');
    return (((lf - ONES) & ~lf) | ((cr - ONES) & ~cr)) & HIGH_BITS;
  }

  /** Index, 0 to 7, of the lowest marked byte. */
  static int first(long marks) {
    return Long.numberOfTrailingZeros(marks & HIGH_BITS) >>> 3;
  }
}
