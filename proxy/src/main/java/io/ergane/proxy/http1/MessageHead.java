package io.ergane.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of one message: its bytes as received and the spans of its lines. Reused from message to
 * message. Strict where leniency lets two parsers see two messages: lines end in CRLF, no folded
 * lines, no space before a colon, no control characters.
 */
public abstract sealed class MessageHead permits RequestHead, ResponseHead {
  private static final int WINDOW = 2048;
  private static final int KEPT_BYTES = 8192;
  private static final int FIRST_LINES = 24;

  /** Every other header is compared with each name that is listed there. */
  private static final int MAX_CONNECTION_BYTES = 1024;

  private final int maxBytes;
  private final int maxHeaders;
  byte[] bytes = new byte[512];
  private int filled;
  private int lineStart;
  private int scanned;
  private boolean started;
  private int count;
  private int connectionBytes;
  private int[] spans = new int[FIRST_LINES * 4];
  private HeaderName[] names = new HeaderName[FIRST_LINES];

  MessageHead(int maxBytes, int maxHeaders) {
    this.maxBytes = maxBytes;
    this.maxHeaders = maxHeaders;
  }

  /** Forgets the message. */
  public void clear() {
    filled = 0;
    lineStart = 0;
    scanned = 0;
    started = false;
    count = 0;
    connectionBytes = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[512];
    }
  }

  /** Whether any byte of a message has been read. */
  public boolean begun() {
    return filled > 0;
  }

  /**
   * Takes bytes up to the end of the head.
   *
   * @return whether the head is complete; what follows it stays in {@code in}
   */
  public boolean read(ByteBuf in) throws BadMessage {
    while (in.isReadable()) {
      int taken = Math.min(in.readableBytes(), Math.min(WINDOW, maxBytes - filled));
      if (taken == 0) {
        throw tooLarge(started);
      }
      if (filled + taken > bytes.length) {
        bytes =
            Arrays.copyOf(bytes, Math.min(maxBytes, Math.max(filled + taken, bytes.length * 2)));
      }
      in.getBytes(in.readerIndex(), bytes, filled, taken);
      int end = lines(filled + taken);
      int consumed = (end < 0 ? filled + taken : end) - filled;
      in.skipBytes(consumed);
      filled += consumed;
      if (end >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Index after the blank line, -1 when it is not there. */
  private int lines(int limit) throws BadMessage {
    int p = scanned;
    while (p < limit) {
      if (bytes[p++] != '\n') {
        continue;
      }
      int end = p - 2;
      if (end < lineStart || bytes[end] != '\r') {
        throw malformed("a line that does not end in CRLF");
      }
      if (end > lineStart) {
        line(lineStart, end);
      } else if (started) {
        return p;
      }
      lineStart = p;
    }
    scanned = p;
    return -1;
  }

  private void line(int start, int end) throws BadMessage {
    if (!started) {
      startLine(start, end);
      started = true;
      return;
    }
    int colon = start;
    while (colon < end && Ascii.isToken(bytes[colon])) {
      colon++;
    }
    if (colon == start || colon == end || bytes[colon] != ':') {
      throw malformed("a header line without a name and a colon");
    }
    int from = colon + 1;
    int to = end;
    while (from < to && isBlank(bytes[from])) {
      from++;
    }
    while (to > from && isBlank(bytes[to - 1])) {
      to--;
    }
    for (int i = from; i < to; i++) {
      if (!Ascii.isFieldByte(bytes[i])) {
        throw malformed("a control character in a header");
      }
    }
    add(start, colon, from, to);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private void add(int start, int colon, int from, int to) throws BadMessage {
    if (count == maxHeaders) {
      throw tooLarge(true);
    }
    if (count == names.length) {
      names = Arrays.copyOf(names, count * 2);
      spans = Arrays.copyOf(spans, count * 8);
    }
    int at = count * 4;
    spans[at] = start;
    spans[at + 1] = colon;
    spans[at + 2] = from;
    spans[at + 3] = to;
    HeaderName name = HeaderName.of(bytes, start, colon);
    names[count++] = name;
    if (name == HeaderName.CONNECTION) {
      connectionBytes += to - from;
      if (connectionBytes > MAX_CONNECTION_BYTES) {
        throw malformed("more than " + MAX_CONNECTION_BYTES + " bytes in connection headers");
      }
    }
  }

  abstract void startLine(int start, int end) throws BadMessage;

  abstract BadMessage malformed(String what);

  abstract BadMessage tooLarge(boolean afterStartLine);

  /** Reads {@code HTTP/1.x} and returns x. */
  int minorVersion(int start, int end) throws BadMessage {
    if (end - start != 8 || !"HTTP/".equals(text(start, start + 5)) || bytes[start + 6] != '.') {
      throw malformed("no HTTP version");
    }
    if (bytes[start + 5] != '1') {
      throw new BadMessage(
          505, "HTTP/1.1 and HTTP/1.0 are spoken here, not " + text(start, end) + ".");
    }
    int minor = bytes[start + 7] - '0';
    if (minor < 0 || minor > 9) {
      throw malformed("no HTTP version");
    }
    return minor;
  }

  public int headers() {
    return count;
  }

  public HeaderName name(int i) {
    return names[i];
  }

  /** The bytes that the spans refer to; valid until {@link #clear}. */
  public byte[] bytes() {
    return bytes;
  }

  public int nameStart(int i) {
    return spans[i * 4];
  }

  public int nameEnd(int i) {
    return spans[i * 4 + 1];
  }

  public int valueStart(int i) {
    return spans[i * 4 + 2];
  }

  public int valueEnd(int i) {
    return spans[i * 4 + 3];
  }

  /** Where the line after header {@code i} begins. */
  public int lineEnd(int i) {
    return i + 1 < count ? nameStart(i + 1) : filled - 2;
  }

  public String value(int i) {
    return text(valueStart(i), valueEnd(i));
  }

  /** Index of the first header of that name, -1 when there is none. */
  public int find(HeaderName name) {
    for (int i = 0; i < count; i++) {
      if (names[i] == name) {
        return i;
      }
    }
    return -1;
  }

  /** Whether there are two or more headers of that name. */
  boolean repeats(HeaderName name) {
    int seen = 0;
    for (int i = 0; i < count; i++) {
      seen += names[i] == name ? 1 : 0;
    }
    return seen > 1;
  }

  /** The first value of a header, null when there is none. */
  public @Nullable String first(HeaderName name) {
    int i = find(name);
    return i < 0 ? null : value(i);
  }

  /** The first value of a header by its name in lower case, null when there is none. */
  public @Nullable String first(String lowerCaseName) {
    for (int i = 0; i < count; i++) {
      if (Ascii.equalsIgnoreCase(bytes, nameStart(i), nameEnd(i), lowerCaseName)) {
        return value(i);
      }
    }
    return null;
  }

  /** Whether the comma-separated values of {@code name} contain {@code token}. */
  public boolean lists(HeaderName name, String token) {
    for (int i = 0; i < count; i++) {
      if (names[i] == name && listed(i, token)) {
        return true;
      }
    }
    return false;
  }

  private boolean listed(int header, String token) {
    return anyToken(header, (start, end) -> Ascii.equalsIgnoreCase(bytes, start, end, token));
  }

  /** Whether header {@code i} is named in a Connection header and so meant for one hop only. */
  public boolean namedInConnection(int i) {
    for (int c = 0; c < count; c++) {
      if (names[c] == HeaderName.CONNECTION
          && anyToken(c, (start, end) -> sameName(start, end, i))) {
        return true;
      }
    }
    return false;
  }

  private boolean sameName(int start, int end, int header) {
    int nameStart = nameStart(header);
    if (end - start != nameEnd(header) - nameStart) {
      return false;
    }
    for (int i = 0; i < end - start; i++) {
      if (Ascii.lower(bytes[start + i]) != Ascii.lower(bytes[nameStart + i])) {
        return false;
      }
    }
    return true;
  }

  /** A test of a span of bytes. */
  private interface SpanTest {
    boolean test(int start, int end);
  }

  private boolean anyToken(int header, SpanTest test) {
    int start = valueStart(header);
    int limit = valueEnd(header);
    while (start < limit) {
      int comma = start;
      while (comma < limit && bytes[comma] != ',') {
        comma++;
      }
      int from = start;
      int to = comma;
      while (from < to && isBlank(bytes[from])) {
        from++;
      }
      while (to > from && isBlank(bytes[to - 1])) {
        to--;
      }
      if (from < to && test.test(from, to)) {
        return true;
      }
      start = comma + 1;
    }
    return false;
  }

  /** Whether the connection may be used again as far as this message says. */
  public boolean keepsAlive() {
    if (lists(HeaderName.CONNECTION, "close")) {
      return false;
    }
    return minor() >= 1 || lists(HeaderName.CONNECTION, "keep-alive");
  }

  /** Minor version of HTTP/1. */
  public abstract int minor();

  String text(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** Value of Content-Length, -1 without one. Repeated equal values count once. */
  public long contentLength() throws BadMessage {
    long length = -1;
    for (int i = 0; i < count; i++) {
      if (names[i] == HeaderName.CONTENT_LENGTH) {
        long value = number(valueStart(i), valueEnd(i));
        if (length >= 0 && value != length) {
          throw malformed("two different content-length headers");
        }
        length = value;
      }
    }
    return length;
  }

  private long number(int start, int end) throws BadMessage {
    if (start == end || end - start > 18) {
      throw malformed("a content-length that is not a number");
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        throw malformed("a content-length that is not a number");
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
