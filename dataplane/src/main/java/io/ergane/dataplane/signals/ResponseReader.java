package io.ergane.dataplane.signals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads one HTTP/1.1 response to a GET as its bytes arrive, and hands body bytes on without keeping
 * them (RFC 9112). Bodies by length, in chunks and up to the connection's end; interim responses
 * are passed over. Splits do not matter. Confined to one event loop; reusable after {@link #begin}.
 */
final class ResponseReader {

  /** Takes pieces of a body; the array is the reader's caller's and not to be kept. */
  interface BodySink {
    void body(byte[] bytes, int offset, int length);
  }

  private enum Phase {
    STATUS_LINE,
    HEADERS,
    BODY,
    BODY_TO_END,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    DONE
  }

  private static final int UNKNOWN = -1;

  private final int maxHeadBytes;
  private final int maxBodyBytes;

  private Phase phase = Phase.DONE;
  private @Nullable ScrapeFailure failure;
  private byte[] held = new byte[128];
  private int heldBytes;
  private int headBytes;
  private int bodyBytes;
  private long left;
  private boolean started;

  private int status;
  private long contentLength;
  private boolean chunked;
  private boolean persistent;

  ResponseReader(int maxHeadBytes, int maxBodyBytes) {
    this.maxHeadBytes = maxHeadBytes;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Starts on a new response. */
  void begin() {
    started = false;
    failure = null;
    heldBytes = 0;
    bodyBytes = 0;
    beginHead();
  }

  /**
   * Takes the next bytes; returns how many were read, fewer than {@code length} only when the
   * response is complete or has failed.
   */
  int feed(byte[] bytes, int offset, int length, BodySink sink) {
    int at = offset;
    int to = offset + length;
    started |= length > 0;
    while (at < to && phase != Phase.DONE && failure == null) {
      at =
          switch (phase) {
            case BODY, BODY_TO_END, CHUNK -> readBody(bytes, at, to, sink);
            case STATUS_LINE, HEADERS, CHUNK_SIZE, CHUNK_END, TRAILERS -> readLine(bytes, at, to);
            case DONE -> at;
          };
    }
    return at - offset;
  }

  /** The connection ended: completes a body that has no other end. */
  void endOfStream() {
    if (phase == Phase.BODY_TO_END) {
      phase = Phase.DONE;
    }
  }

  /** Whether any byte of the response has come. */
  boolean hasStarted() {
    return started;
  }

  boolean isDone() {
    return phase == Phase.DONE;
  }

  /** Why the response cannot be read, or null. */
  @Nullable ScrapeFailure failure() {
    return failure;
  }

  /** The status code, once done. */
  int status() {
    return status;
  }

  /** Whether the connection takes another request, once done. */
  boolean persistent() {
    return persistent;
  }

  private void beginHead() {
    phase = Phase.STATUS_LINE;
    headBytes = 0;
    status = 0;
    contentLength = UNKNOWN;
    chunked = false;
    persistent = true;
  }

  private int readBody(byte[] bytes, int from, int to, BodySink sink) {
    int length = phase == Phase.BODY_TO_END ? to - from : (int) Math.min(left, to - from);
    if (length > maxBodyBytes - bodyBytes) {
      failure = ScrapeFailure.TOO_LARGE;
      return from;
    }
    bodyBytes += length;
    left -= length;
    if (status == 200) {
      sink.body(bytes, from, length);
    }
    if (left == 0 && phase == Phase.BODY) {
      phase = Phase.DONE;
    } else if (left == 0 && phase == Phase.CHUNK) {
      phase = Phase.CHUNK_END;
    }
    return from + length;
  }

  private int readLine(byte[] bytes, int from, int to) {
    int end = from;
    while (end < to && bytes[end] != '\n') {
      end++;
    }
    headBytes += end - from + (end < to ? 1 : 0);
    if (headBytes > maxHeadBytes) {
      failure = ScrapeFailure.MALFORMED;
      return from;
    }
    if (heldBytes == 0 && end < to) {
      takeLine(bytes, from, end);
    } else {
      hold(bytes, from, end);
      if (end < to) {
        int length = heldBytes;
        heldBytes = 0;
        takeLine(held, 0, length);
      }
    }
    return Math.min(end + 1, to);
  }

  private void hold(byte[] bytes, int from, int to) {
    int length = to - from;
    if (heldBytes + length > held.length) {
      held = Arrays.copyOf(held, Math.max(2 * held.length, heldBytes + length));
    }
    System.arraycopy(bytes, from, held, heldBytes, length);
    heldBytes += length;
  }

  private void takeLine(byte[] bytes, int from, int lineEnd) {
    int to = lineEnd > from && bytes[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
    boolean empty = from == to;
    switch (phase) {
      case STATUS_LINE -> takeStatusLine(bytes, from, to);
      case HEADERS -> {
        if (empty) {
          endHead();
        } else {
          takeHeader(bytes, from, to);
        }
      }
      case CHUNK_SIZE -> takeChunkSize(bytes, from, to);
      case CHUNK_END -> {
        phase = Phase.CHUNK_SIZE;
        headBytes = 0;
        require(empty);
      }
      case TRAILERS -> phase = empty ? Phase.DONE : Phase.TRAILERS;
      case BODY, BODY_TO_END, CHUNK, DONE -> throw new IllegalStateException("no line in " + phase);
    }
  }

  /** {@code HTTP/1.m sss reason}. */
  private void takeStatusLine(byte[] bytes, int from, int to) {
    String line = ascii(bytes, from, Math.min(to, from + 13));
    if (line.length() < 12 || !line.startsWith("HTTP/1.") || line.charAt(8) != ' ') {
      failure = ScrapeFailure.MALFORMED;
      return;
    }
    status = (int) digits(line.substring(9, 12), 10);
    require(status >= 100 && (line.length() == 12 || line.charAt(12) == ' '));
    persistent = line.charAt(7) != '0';
    phase = Phase.HEADERS;
  }

  private void takeHeader(byte[] bytes, int from, int to) {
    int colon = from;
    while (colon < to && bytes[colon] != ':') {
      colon++;
    }
    if (colon == to) {
      failure = ScrapeFailure.MALFORMED;
      return;
    }
    switch (colon - from) {
      case 10, 14, 16, 17 -> // lengths of the names that matter
          takeHeader(lower(bytes, from, colon), lower(bytes, colon + 1, to));
      default -> {}
    }
  }

  private void takeHeader(String name, String value) {
    switch (name) {
      case "connection" ->
          persistent = persistent ? !value.contains("close") : value.contains("keep-alive");
      case "content-length" -> {
        long length = digits(value, 10);
        require(length >= 0 && (contentLength == UNKNOWN || contentLength == length));
        contentLength = length;
      }
      case "transfer-encoding" -> {
        require(value.equals("chunked") && !chunked);
        chunked = true;
      }
      case "content-encoding" -> require(value.equals("identity"));
      default -> {}
    }
  }

  private void endHead() {
    headBytes = 0;
    if (status < 200) {
      boolean upgrade = status == 101;
      beginHead();
      require(!upgrade);
    } else if (status == 204 || status == 304) {
      phase = Phase.DONE;
    } else if (chunked) {
      // A length besides chunks is the mark of a confused or hostile sender: not reused.
      persistent &= contentLength == UNKNOWN;
      phase = Phase.CHUNK_SIZE;
    } else if (contentLength == UNKNOWN) {
      persistent = false;
      phase = Phase.BODY_TO_END;
    } else {
      beginBody(Phase.BODY, contentLength);
      phase = contentLength == 0 ? Phase.DONE : phase;
    }
  }

  private void beginBody(Phase body, long length) {
    left = length;
    phase = body;
    if (length > maxBodyBytes - bodyBytes) {
      failure = ScrapeFailure.TOO_LARGE;
    }
  }

  private void takeChunkSize(byte[] bytes, int from, int to) {
    String line = lower(bytes, from, to);
    int extension = line.indexOf(';');
    long size = digits(extension < 0 ? line : line.substring(0, extension).strip(), 16);
    headBytes = 0;
    if (size < 0) {
      failure = ScrapeFailure.MALFORMED;
    } else if (size == 0) {
      phase = Phase.TRAILERS;
    } else {
      beginBody(Phase.CHUNK, size);
    }
  }

  private void require(boolean holds) {
    if (!holds) {
      failure = ScrapeFailure.MALFORMED;
    }
  }

  /** A number without sign, or -1. */
  private static long digits(String text, int radix) {
    if (text.isEmpty() || text.length() > 15) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number * radix + digit;
    }
    return number;
  }

  private static String lower(byte[] bytes, int from, int to) {
    return ascii(bytes, from, to).strip().toLowerCase(Locale.ROOT);
  }

  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
