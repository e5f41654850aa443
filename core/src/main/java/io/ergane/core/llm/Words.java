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
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Words() {}

  static int loadInt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static void storeInt(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

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

  /**
   * Index, 0 to 31, of the lowest marked byte of four words of which one is marked; without
   * branches.
   */
  static int first(long marks0, long marks1, long marks2, long marks3) {
    long low = packed(marks0) | packed(marks1) << 8;
    long high = packed(marks2) | packed(marks3) << 8;
    return Long.numberOfTrailingZeros(low | high << 16);
  }

  /** The eight high bits, moved together into the lowest byte. */
  private static long packed(long marks) {
    return (((marks & HIGH_BITS) >>> 7) * 0x0102040810204080L) >>> 56;
  }

  /** How many of the first bytes, 0 to 8, are decimal digits. */
  static int leadingDigits(long word) {
    long digits = word ^ (ONES * '0');
    long others = (digits | (digits + ONES * 0x76)) & HIGH_BITS;
    return others == 0 ? 8 : first(others);
  }

  /**
   * Value of the first one to eight bytes, decimal digits; pairs, then fours, then eight are joined
   * by one multiplication.
   */
  static long decimal(long word, int length) {
    long digits = (word ^ (ONES * '0')) << (64 - 8 * length);
    long pairs = (digits * (10 * 0x100 + 1)) >>> 8 & 0x00FF00FF00FF00FFL;
    long fours = (pairs * (100 * 0x10000 + 1)) >>> 16 & 0x0000FFFF0000FFFFL;
    return (fours * (10_000L * 0x100000000L + 1)) >>> 32;
  }

  /** A set of ASCII characters for {@link #isIn}. */
  static long[] setOf(String characters) {
    long[] set = new long[2];
    for (int i = 0; i < characters.length(); i++) {
      set[characters.charAt(i) >> 6] |= 1L << characters.charAt(i);
    }
    return set;
  }

  static boolean isIn(long[] set, byte b) {
    return b >= 0 && (set[b >> 6] >>> b & 1) != 0;
  }

  /** Index, 0 to 7, of the lowest marked byte. */
  static int first(long marks) {
    return Long.numberOfTrailingZeros(marks & HIGH_BITS) >>> 3;
  }
}
