package io.ergane.extproc.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a protobuf message from its end to its start, so that the length of what is nested is
 * known when it is due. Fields therefore come last first. Belongs to one thread.
 */
final class WireWriter {
  private static final int USUAL = 4 << 10;
  private static final int KEPT = 1 << 20;
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int LONGEST_VARINT = 10;

  private byte[] bytes = new byte[USUAL];
  private int at = bytes.length;

  /** Begins a message; the one before is no longer good. */
  void begin() {
    if (bytes.length > KEPT) {
      bytes = new byte[USUAL];
    }
    at = bytes.length;
  }

  /** The message. */
  Encoded end() {
    return new Encoded(bytes, at, bytes.length - at);
  }

  /** A copy of the message that stays good. */
  Encoded copy() {
    return new Encoded(Arrays.copyOfRange(bytes, at, bytes.length), 0, bytes.length - at);
  }

  private void room(int wanted) {
    if (wanted > at) {
      int length = bytes.length - at;
      byte[] grown = new byte[Math.max(2 * bytes.length, length + wanted + USUAL)];
      System.arraycopy(bytes, at, grown, grown.length - length, length);
      at = grown.length - length;
      bytes = grown;
    }
  }

  /** Bytes written so far; what {@link #close} wants. */
  int mark() {
    return bytes.length - at;
  }

  /** Makes what was written since {@code mark} the content of a field. */
  void close(int field, int mark) {
    varint(mark() - mark);
    varint(field << 3 | BYTES);
  }

  void varint(long number) {
    room(LONGEST_VARINT);
    at -= size(number);
    long left = number;
    int to = at;
    while ((left & ~0x7fL) != 0) {
      bytes[to++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[to] = (byte) left;
  }

  private static int size(long number) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(number)) / 7);
  }

  void number(int field, long number) {
    varint(number);
    varint(field << 3 | VARINT);
  }

  void raw(byte[] source, int from, int length) {
    room(length);
    at -= length;
    System.arraycopy(source, from, bytes, at, length);
  }

  void bytes(int field, byte[] source, int from, int length) {
    raw(source, from, length);
    varint(length);
    varint(field << 3 | BYTES);
  }

  void text(int field, String text) {
    int mark = mark();
    rawText(text);
    close(field, mark);
  }

  void rawText(String text) {
    int length = text.length();
    room(length);
    int from = at - length;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        raw(encoded, 0, encoded.length);
        return;
      }
      bytes[from + i] = (byte) c;
    }
    at = from;
  }
}
