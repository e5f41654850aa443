package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A small set of JSON key or value names, looked up by the cursor's last string in whatever way it
 * is escaped.
 */
final class Names {
  private final byte[][] names;
  private final long[] heads;

  Names(String... names) {
    this.names = new byte[names.length][];
    this.heads = new long[names.length];
    for (int i = 0; i < names.length; i++) {
      this.names[i] = names[i].getBytes(StandardCharsets.UTF_8);
      this.heads[i] = head(this.names[i], 0, this.names[i].length);
    }
  }

  /** Index of the last string among the names, -1 when it is none of them. */
  int indexOf(JsonCursor cursor) {
    if (cursor.stringEscaped) {
      byte[] text = cursor.text().getBytes(StandardCharsets.UTF_8);
      return indexOf(text, 0, text.length);
    }
    return indexOf(cursor.bytes, cursor.stringStart, cursor.stringEnd);
  }

  private int indexOf(byte[] bytes, int start, int end) {
    int length = end - start;
    long head = head(bytes, start, length);
    for (int i = 0; i < heads.length; i++) {
      if (heads[i] == head && names[i].length == length && sameTail(bytes, start, end, names[i])) {
        return i;
      }
    }
    return -1;
  }

  private static boolean sameTail(byte[] bytes, int start, int end, byte[] name) {
    return name.length <= 8 || Arrays.equals(bytes, start + 8, end, name, 8, name.length);
  }

  /** The first eight bytes, zeros where there are fewer. */
  private static long head(byte[] bytes, int start, int length) {
    if (start + 8 > bytes.length) {
      long head = 0;
      for (int i = Math.min(length, 8) - 1; i >= 0; i--) {
        head = head << 8 | (bytes[start + i] & 0xFF);
      }
      return head;
    }
    long word = Words.load(bytes, start);
    return length >= 8 ? word : word & ((1L << (length * 8)) - 1);
  }
}
