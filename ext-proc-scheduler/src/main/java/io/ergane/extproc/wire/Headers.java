package io.ergane.extproc.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The headers of a message: names in lower case, {@code :method} and {@code :path} among them. */
public final class Headers {
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int RAW_VALUE = 3;
  private static final int ENTRY = 1;
  private static final int SPAN = 4;

  private static final byte[] NO_BYTES = new byte[0];
  private static final int[] NO_SPANS = new int[0];

  /** What a message without headers has. */
  public static final Headers NONE = new Headers();

  private byte[] bytes = NO_BYTES;
  private int[] spans = NO_SPANS;
  private int count;

  void clear() {
    bytes = NO_BYTES;
    count = 0;
  }

  /** Reads a {@code HeaderMap} that the reader has as its present field. */
  void read(byte[] message, WireReader in) throws MalformedMessage {
    bytes = message;
    count = 0;
    int map = in.enter();
    while (in.next()) {
      if (in.field() == ENTRY) {
        entry(in);
      }
    }
    in.leave(map);
  }

  private void entry(WireReader in) throws MalformedMessage {
    if (SPAN * count == spans.length) {
      spans = Arrays.copyOf(spans, Math.max(SPAN * 32, 2 * spans.length));
    }
    int base = SPAN * count++;
    Arrays.fill(spans, base, base + SPAN, 0);
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case KEY -> span(base, in);
        case VALUE, RAW_VALUE -> {
          if (in.stop() > in.start()) {
            span(base + 2, in);
          }
        }
        default -> {}
      }
    }
    in.leave(outer);
  }

  private void span(int at, WireReader in) {
    spans[at] = in.start();
    spans[at + 1] = in.stop();
  }

  /** A copy that outlives the message. */
  public Headers copy() {
    Headers copy = new Headers();
    int from = Integer.MAX_VALUE;
    int to = 0;
    for (int i = 0; i < SPAN * count; i += 2) {
      if (spans[i + 1] > 0) {
        from = Math.min(from, spans[i]);
        to = Math.max(to, spans[i + 1]);
      }
    }
    copy.count = count;
    copy.spans = Arrays.copyOf(spans, SPAN * count);
    if (to > 0) {
      copy.bytes = Arrays.copyOfRange(bytes, from, to);
      for (int i = 0; i < SPAN * count; i++) {
        copy.spans[i] = Math.max(0, copy.spans[i] - from);
      }
    }
    return copy;
  }

  /**
   * The first value of a header, null when there is none.
   *
   * @param lowerCaseName the header's name in lower case
   */
  public @Nullable String first(String lowerCaseName) {
    int i = find(lowerCaseName);
    return i < 0 ? null : value(i);
  }

  /** Where a header is, -1 when it is not there. */
  public int find(String lowerCaseName) {
    for (int i = 0; i < count; i++) {
      if (WireReader.matches(bytes, spans[SPAN * i], spans[SPAN * i + 1], lowerCaseName)) {
        return i;
      }
    }
    return -1;
  }

  public String value(int header) {
    int from = valueStart(header);
    return new String(bytes, from, valueEnd(header) - from, StandardCharsets.ISO_8859_1);
  }

  /** Whether a header's value is this ASCII text. */
  public boolean is(int header, String ascii) {
    return WireReader.matches(bytes, valueStart(header), valueEnd(header), ascii);
  }

  public byte[] bytes() {
    return bytes;
  }

  public int valueStart(int header) {
    return spans[SPAN * header + 2];
  }

  public int valueEnd(int header) {
    return spans[SPAN * header + 3];
  }

  /** A value that is a whole number, -1 when the header is not there or is no number. */
  public long number(String lowerCaseName) {
    int header = find(lowerCaseName);
    if (header < 0) {
      return -1;
    }
    int from = valueStart(header);
    int to = valueEnd(header);
    long number = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || to - from > 18) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return from == to ? -1 : number;
  }
}
