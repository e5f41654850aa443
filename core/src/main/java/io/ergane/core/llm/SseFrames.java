package io.ergane.core.llm;

import java.util.Arrays;

/**
 * Splits a server-sent event stream (WHATWG HTML, section 9.2.5) into frames: everything up to and
 * including a blank line. Lines end in LF, CRLF or CR. The frames of a stream, put together, are
 * the stream, and do not depend on where it was cut; after a frame that ends in CR, the next byte
 * decides whether an LF belongs to it.
 *
 * <p>A frame within one chunk is delivered in place. A cut frame is gathered in a buffer that never
 * exceeds the bound. Belongs to one thread.
 */
public final class SseFrames {
  /** Between lines: no byte of the current line was seen. */
  private static final int LINE_START = 0;

  private static final int IN_LINE = 1;

  /** After the CR that ended a line with text. */
  private static final int AFTER_CR = 2;

  /** After the CR of a blank line. */
  private static final int AFTER_BLANK_CR = 3;

  private final int maxFrameBytes;
  private byte[] carry = new byte[256];
  private int carried;
  private long frameLength;
  private int state;
  private int consumed;

  /**
   * A splitter at the start of a stream.
   *
   * @param maxFrameBytes longest frame that is delivered
   */
  public SseFrames(int maxFrameBytes) {
    if (maxFrameBytes < 1) {
      throw new IllegalArgumentException(
          "maxFrameBytes is " + maxFrameBytes + "; 1 or more is accepted");
    }
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Splits the next bytes of the stream. */
  public void feed(byte[] bytes, int offset, int length, FrameSink sink) {
    int end = offset + length;
    int from = offset;
    while (from < end) {
      int next = frameEnd(bytes, from, end);
      if (next < 0) {
        keep(bytes, from, end);
        break;
      }
      consumed = next - offset;
      deliver(bytes, from, next, sink);
      from = next;
    }
  }

  /** Ends the stream: delivers what is left. The splitter then stands at the start of a stream. */
  public void finish(FrameSink sink) {
    if (frameLength > 0) {
      consumed = 0;
      deliver(carry, 0, 0, sink);
    }
    state = LINE_START;
  }

  /**
   * During a delivery, how many bytes of the chunk being fed the frame and those before it take up.
   */
  int consumed() {
    return consumed;
  }

  /** Bytes, of this and earlier chunks, of the frame that has not ended. */
  public long pending() {
    return frameLength;
  }

  /** Whether the frame that has not ended exceeds the bound. */
  boolean overflowed() {
    return frameLength > maxFrameBytes;
  }

  /** Index after the frame's end; -1 when the frame goes on after {@code end}. */
  private int frameEnd(byte[] bytes, int from, int end) {
    int p = from;
    while (p < end) {
      if (state == IN_LINE) {
        p = lineEnd(bytes, p, end);
        if (p == end) {
          return -1;
        }
        state = bytes[p++] == '\n' ? LINE_START : AFTER_CR;
        continue;
      }
      byte b = bytes[p];
      if (state == AFTER_BLANK_CR) {
        state = LINE_START;
        return b == '\n' ? p + 1 : p;
      }
      if (state == AFTER_CR && b == '\n') {
        state = LINE_START;
        p++;
      } else if (b == '\n') {
        state = LINE_START;
        return p + 1;
      } else {
        state = b == '\r' ? AFTER_BLANK_CR : IN_LINE;
        p++;
      }
    }
    return -1;
  }

  static int lineEnd(byte[] bytes, int from, int end) {
    int p = from;
    while (p <= end - 8) {
      long marks = Words.lineEnds(Words.load(bytes, p));
      if (marks != 0) {
        return p + Words.first(marks);
      }
      p += 8;
    }
    while (p < end && bytes[p] != '\n' && bytes[p] != '\r') {
      p++;
    }
    return p;
  }

  private void deliver(byte[] bytes, int from, int to, FrameSink sink) {
    long length = frameLength + (to - from);
    if (length > maxFrameBytes) {
      sink.oversized(length);
    } else if (carried == 0) {
      sink.frame(bytes, from, to - from);
    } else {
      keep(bytes, from, to);
      sink.frame(carry, 0, carried);
    }
    frameLength = 0;
    carried = 0;
  }

  private void keep(byte[] bytes, int from, int to) {
    int added = to - from;
    frameLength += added;
    if (frameLength > maxFrameBytes) {
      return;
    }
    if (frameLength > carry.length) {
      carry = Arrays.copyOf(carry, (int) Math.min(maxFrameBytes, frameLength * 2));
    }
    System.arraycopy(bytes, from, carry, carried, added);
    carried += added;
  }
}
