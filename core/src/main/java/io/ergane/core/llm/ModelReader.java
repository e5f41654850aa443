package io.ergane.core.llm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the {@code model} of a request; the same short name in a row is the same String. */
final class ModelReader {
  private static final byte[] NONE = {};
  private static final int LONGEST_KEPT = 512;

  private final JsonCursor cursor;
  private int start;
  private int end;
  private int found;
  private @Nullable String name;

  private byte[] lastLiteral = NONE;
  private String lastName = "";

  ModelReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  void clear() {
    found = 0;
    name = null;
  }

  void read() throws MalformedJson {
    found = cursor.peek();
    start = cursor.at;
    cursor.skip(1);
    end = cursor.at;
    if (found == '"') {
      String text = end - start > LONGEST_KEPT ? cursor.text() : kept();
      name = text.isBlank() ? null : text;
    }
  }

  private String kept() throws MalformedJson {
    if (!Arrays.equals(cursor.bytes, start, end, lastLiteral, 0, lastLiteral.length)) {
      lastName = cursor.text();
      lastLiteral = Arrays.copyOfRange(cursor.bytes, start, end);
    }
    return lastName;
  }

  /** The requested name; null when there is none to go by. */
  @Nullable String name() {
    return name;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** Why there is no name. */
  String missing() {
    String fact =
        switch (found) {
          case 0 -> "the request body has no model";
          case '"' -> "model is blank";
          default -> "model is " + PromptReader.kind(found);
        };
    return "model not found: " + fact + "; a string that names a model is accepted.";
  }
}
