package io.ergane.extproc.wire;

import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of a protobuf message in place (Protocol Buffers encoding: varints, groups of
 * length and bytes, fixed-width numbers). Nested messages are entered and left by the caller.
 */
final class WireReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int field;
  private int start;
  private int stop;
  private long value;

  void open(byte[] message, int from, int to) {
    bytes = message;
    at = from;
    end = to;
  }

  /** Lets go of the bytes. */
  void close() {
    bytes = new byte[0];
    at = 0;
    end = 0;
  }

  /**
   * Reads the next field with its value.
   *
   * @return false at the end of the message
   */
  boolean next() throws MalformedMessage {
    if (at >= end) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    start = at;
    switch ((int) tag & 7) {
      case VARINT -> value = varint();
      case FIXED64 -> value = fixed(8);
      case FIXED32 -> value = fixed(4);
      case BYTES -> {
        long length = varint();
        if (length < 0 || length > end - at) {
          throw new MalformedMessage("a field is longer than its message");
        }
        start = at;
        at += (int) length;
      }
      default -> throw new MalformedMessage("a field has an unknown type");
    }
    stop = at;
    return true;
  }

  private long fixed(int width) throws MalformedMessage {
    if (end - at < width) {
      throw new MalformedMessage("a number is cut off");
    }
    long number = 0;
    for (int i = 0; i < width; i++) {
      number |= (bytes[at++] & 0xffL) << (8 * i);
    }
    return number;
  }

  private long varint() throws MalformedMessage {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw new MalformedMessage("a number is cut off");
      }
      byte b = bytes[at++];
      number |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return number;
      }
    }
    throw new MalformedMessage("a number is too long");
  }

  /** Number of the present field. */
  int field() {
    return field;
  }

  /** First byte of the present field's bytes. */
  int start() {
    return start;
  }

  /** Byte after the present field. */
  int stop() {
    return stop;
  }

  /** The present field as a number. */
  long number() {
    return value;
  }

  boolean flag() {
    return value != 0;
  }

  double real() {
    return Double.longBitsToDouble(value);
  }

  String text() {
    return new String(bytes, start, stop - start, StandardCharsets.UTF_8);
  }

  /** Whether the present field's bytes are this ASCII text. */
  boolean is(String ascii) {
    return matches(bytes, start, stop, ascii);
  }

  static boolean matches(byte[] bytes, int from, int to, String ascii) {
    if (to - from != ascii.length()) {
      return false;
    }
    for (int i = ascii.length() - 1; i >= 0; i--) {
      if (bytes[from + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Goes into the present field, a message.
   *
   * @return what {@link #leave} wants
   */
  int enter() {
    int outer = end;
    at = start;
    end = stop;
    return outer;
  }

  /** Goes on after the message that was entered. */
  void leave(int outer) {
    at = end;
    end = outer;
  }
}
