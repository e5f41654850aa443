package io.ergane.core.llm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The event name and the data of one frame; data of a single line is not copied. Reusable. */
final class SseEvent {
  private static final byte[] DATA = ascii("data");
  private static final byte[] EVENT = ascii("event");
  private static final byte[] DONE = ascii("[DONE]");
  private static final byte[] DELTA = ascii("delta");
  private static final byte[] ERROR = ascii("error");
  private static final byte[] FAILED = ascii("response.failed");
  private static final byte[] MESSAGE_DELTA = ascii("message_delta");
  private static final byte[] QUOTED_ERROR = ascii("\"error\"");
  private static final byte[] QUOTED_OBJECT = ascii("\"object\"");
  private static final byte[][] TERMINAL = {
    ascii("message_stop"), ascii("response.completed"), ascii("response.incomplete"), FAILED
  };

  private byte[] bytes = DATA;
  private int nameStart;
  private int nameEnd;
  private int dataStart;
  private int dataEnd;
  private byte[] data = DATA;

  /** {@link #data} holds several lines and belongs to this object. */
  private boolean joined;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  void read(byte[] frame, int offset, int length) {
    bytes = frame;
    nameStart = 0;
    nameEnd = 0;
    dataStart = 0;
    dataEnd = 0;
    int end = offset + length;
    int line = offset;
    while (line < end) {
      int lineEnd = SseFrames.lineEnd(frame, line, end);
      field(line, lineEnd);
      line = lineEnd + 1;
    }
  }

  private void field(int line, int end) {
    if (starts(bytes, line, end, DATA)) {
      int value = value(line + DATA.length, end);
      if (value >= 0) {
        data(value, end);
      }
    } else if (starts(bytes, line, end, EVENT)) {
      int value = value(line + EVENT.length, end);
      nameStart = Math.max(value, 0);
      nameEnd = value >= 0 ? end : 0;
    }
  }

  private void data(int start, int end) {
    if (dataEnd == 0) {
      data = bytes;
      joined = false;
      dataStart = start;
      dataEnd = end;
      return;
    }
    int before = dataEnd - dataStart;
    int length = before + 1 + end - start;
    if (!joined || data.length < length) {
      data = Arrays.copyOfRange(data, dataStart, dataStart + Math.max(length, 2 * before));
      dataStart = 0;
      joined = true;
    }
    data[before] = '\n';
    System.arraycopy(bytes, start, data, before + 1, end - start);
    dataEnd = length;
  }

  private int value(int colon, int end) {
    if (colon >= end || bytes[colon] != ':') {
      return -1;
    }
    return colon + 1 < end && bytes[colon + 1] == ' ' ? colon + 2 : colon + 1;
  }

  private static boolean starts(byte[] text, int from, int end, byte[] word) {
    return end - from >= word.length
        && Arrays.equals(text, from, from + word.length, word, 0, word.length);
  }

  private boolean isNamed(byte[] name) {
    return nameEnd - nameStart == name.length && starts(bytes, nameStart, nameEnd, name);
  }

  /** The array that holds the data. */
  byte[] data() {
    return data;
  }

  int dataStart() {
    return dataStart;
  }

  int dataLength() {
    return dataEnd - dataStart;
  }

  boolean isTerminal() {
    if (nameEnd > 0) {
      for (byte[] name : TERMINAL) {
        if (isNamed(name)) {
          return true;
        }
      }
    }
    return dataLength() == DONE.length && starts(data, dataStart, dataEnd, DONE);
  }

  boolean isError() {
    if (nameEnd > 0) {
      return isNamed(ERROR) || isNamed(FAILED);
    }
    return dataLength() > 0 && isErrorObject();
  }

  /**
   * Whether the data is an object whose first key is "error", or "object" with the value "error".
   */
  private boolean isErrorObject() {
    if (data[dataStart] != '{') {
      return false;
    }
    int key = pastWhitespace(dataStart + 1);
    if (starts(data, key, dataEnd, QUOTED_ERROR)) {
      return true;
    }
    if (!starts(data, key, dataEnd, QUOTED_OBJECT)) {
      return false;
    }
    int colon = pastWhitespace(key + QUOTED_OBJECT.length);
    return colon < dataEnd && starts(data, pastWhitespace(colon + 1), dataEnd, QUOTED_ERROR);
  }

  private int pastWhitespace(int from) {
    int p = from;
    while (p < dataEnd && JsonCursor.isWhitespace(data[p])) {
      p++;
    }
    return p;
  }

  /**
   * Whether the frame carries a piece of the answer: unnamed data, or an event whose name ends in
   * "delta".
   */
  boolean isContent() {
    if (dataLength() == 0) {
      return false;
    }
    if (nameEnd == 0) {
      return !isTerminal() && !isError();
    }
    return starts(bytes, Math.max(nameStart, nameEnd - DELTA.length), nameEnd, DELTA)
        && !isNamed(MESSAGE_DELTA);
  }
}
