package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A small set of JSON key or value names, looked up by the cursor's last string in whatever way it
 * is escaped.
 */
final class Names {
  private final byte[][] names;

  Names(String... names) {
    this.names = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      this.names[i] = names[i].getBytes(StandardCharsets.UTF_8);
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
    for (int i = 0; i < names.length; i++) {
      byte[] name = names[i];
      if (name.length == length && Arrays.equals(bytes, start, end, name, 0, length)) {
        return i;
      }
    }
    return -1;
  }
}
