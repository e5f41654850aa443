package io.ergane.simulator.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing UTF-8 text. */
final class ByteText {
  private byte[] bytes = new byte[256];
  private int length;

  void append(String text) {
    append(text.getBytes(StandardCharsets.UTF_8));
  }

  void append(byte[] text) {
    ensure(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  void append(byte value) {
    ensure(1);
    bytes[length++] = value;
  }

  /** Appends a token id as the four bytes of a pseudo token. */
  void appendToken(int id) {
    ensure(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (id >> shift);
    }
  }

  /** The backing array; bytes from {@link #length} on are not part of the text. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
