package io.ergane.extproc;

import io.ergane.core.llm.StreamInspector;
import io.ergane.core.llm.Usage;
import io.ergane.core.llm.UsageReader;
import io.ergane.extproc.wire.Headers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What an engine's answer says while it passes over a stream. */
final class AnswerWatch {
  private static final int KEPT = 64 << 10;
  private static final String EVENTS = "text/event-stream";

  private final int maxFrameBytes;
  private int status;
  private boolean complete;
  private long firstByteNanos;
  private long lastByteNanos;
  private long bytes;
  private @Nullable String served;
  private @Nullable StreamInspector events;
  private byte[] tail = new byte[0];
  private int tailLength;
  private boolean cut;

  AnswerWatch(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** The head of the answer. */
  void head(Headers headers, boolean last, long now) {
    status = Math.clamp(headers.number(":status"), 0, 999);
    String type = headers.first("content-type");
    boolean plain = status < 300 && headers.find("content-encoding") < 0;
    if (plain && type != null && type.startsWith(EVENTS)) {
      events = new StreamInspector(false, maxFrameBytes);
    }
    if (last) {
      completed(now);
    }
  }

  /** The endpoint that Envoy says it used; null when this message does not tell. */
  void servedBy(@Nullable String endpoint) {
    if (endpoint != null && !endpoint.isEmpty()) {
      served = endpoint;
    }
  }

  /** A piece of the answer's body. */
  void body(byte[] from, int start, int length, boolean last, long now) {
    if (length > 0 && firstByteNanos == 0) {
      firstByteNanos = now;
    }
    bytes += length;
    if (events != null) {
      events.feed(from, start, length);
    } else {
      keep(from, start, length);
    }
    if (last) {
      completed(now);
    }
  }

  private void keep(byte[] from, int start, int length) {
    int taken = Math.min(length, KEPT);
    cut |= taken < length;
    if (tailLength + taken > 2 * KEPT) {
      cut = true;
      System.arraycopy(tail, tailLength - KEPT, tail, 0, KEPT);
      tailLength = KEPT;
    }
    if (tailLength + taken > tail.length) {
      tail = Arrays.copyOf(tail, Math.min(2 * KEPT, Math.max(tailLength + taken, 2 * tail.length)));
    }
    System.arraycopy(from, start + length - taken, tail, tailLength, taken);
    tailLength += taken;
  }

  /** Nothing of the answer follows. */
  void completed(long now) {
    complete = true;
    lastByteNanos = now;
  }

  /** Whether the head is known. */
  boolean begun() {
    return status != 0;
  }

  boolean complete() {
    return complete;
  }

  /** 0 as long as there is no head. */
  int status() {
    return status;
  }

  long firstByteNanos() {
    return firstByteNanos;
  }

  long lastByteNanos() {
    return lastByteNanos;
  }

  /** Length of the body so far. */
  long bytes() {
    return bytes;
  }

  @Nullable String served() {
    return served;
  }

  Usage usage() {
    if (events != null) {
      return events.usage();
    }
    if (tailLength == 0 || status >= 300) {
      return Usage.UNKNOWN;
    }
    UsageReader reader = new UsageReader();
    return cut ? reader.readTail(tail, 0, tailLength) : reader.read(tail, 0, tailLength);
  }
}
