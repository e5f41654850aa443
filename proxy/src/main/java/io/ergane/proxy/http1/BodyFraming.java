package io.ergane.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Tells the data of a body from its framing. After each {@link #read} the spans say which bytes of
 * the buffer are data.
 */
public final class BodyFraming {
  private static final int MAX_SIZE_LINE = 256;
  private static final int MAX_TRAILERS = 8192;

  /** How the end of a body is told. */
  public enum Kind {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER,
    TRAILER_LF,
    LAST_LF,
    END
  }

  private Kind kind = Kind.NONE;
  private State state = State.END;
  private long left;
  private int lineBytes;
  private int digits;
  private boolean plain = true;
  private int[] spans = new int[16];
  private int count;
  private int dataBytes;

  /**
   * Starts a body.
   *
   * @param length bytes of a body of {@link Kind#LENGTH}
   */
  public void begin(Kind newKind, long length) {
    kind = newKind;
    left = newKind == Kind.LENGTH ? length : 0;
    state = newKind == Kind.NONE ? State.END : newKind == Kind.CHUNKED ? State.SIZE : State.DATA;
    lineBytes = 0;
    digits = 0;
    plain = true;
    count = 0;
    dataBytes = 0;
  }

  public Kind kind() {
    return kind;
  }

  public boolean complete() {
    return state == State.END;
  }

  /** The connection ended: true when that ends the body properly. */
  public boolean endsWithConnection() {
    if (kind == Kind.UNTIL_CLOSE) {
      state = State.END;
    }
    return complete();
  }

  /** Bytes of a body of {@link Kind#LENGTH} that have not been read. */
  public long left() {
    return left;
  }

  /** Whether framing and data read so far are whole chunks. */
  public boolean betweenChunks() {
    return (state == State.SIZE && lineBytes == 0) || state == State.END;
  }

  /** Whether chunks came without extensions and trailers. */
  public boolean plain() {
    return plain;
  }

  /** Data spans found by the last {@link #read}. */
  public int spans() {
    return count;
  }

  /** Index of span {@code i} in the buffer. */
  public int start(int i) {
    return spans[i * 2];
  }

  public int length(int i) {
    return spans[i * 2 + 1];
  }

  /** Sum of the lengths of the spans found by the last {@link #read}. */
  public int dataBytes() {
    return dataBytes;
  }

  /** Takes bytes up to the body's end; what follows it stays in {@code in}. */
  public void read(ByteBuf in) throws BadMessage {
    count = 0;
    dataBytes = 0;
    switch (kind) {
      case NONE -> {}
      case UNTIL_CLOSE -> data(in, in.readableBytes());
      case LENGTH -> {
        data(in, (int) Math.min(left, in.readableBytes()));
        if (left == 0) {
          state = State.END;
        }
      }
      case CHUNKED -> chunks(in);
    }
  }

  private void data(ByteBuf in, int length) {
    if (length == 0) {
      return;
    }
    if (count * 2 == spans.length) {
      spans = Arrays.copyOf(spans, spans.length * 2);
    }
    spans[count * 2] = in.readerIndex();
    spans[count * 2 + 1] = length;
    count++;
    dataBytes += length;
    in.skipBytes(length);
    left -= kind == Kind.UNTIL_CLOSE ? 0 : length;
  }

  private void chunks(ByteBuf in) throws BadMessage {
    while (in.isReadable() && state != State.END) {
      if (state == State.DATA) {
        data(in, (int) Math.min(left, in.readableBytes()));
        if (left == 0) {
          state = State.DATA_CR;
        }
      } else {
        framing(in.readByte());
      }
    }
  }

  private void framing(byte b) throws BadMessage {
    switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> {
        bound(MAX_SIZE_LINE, b == '\n');
        state = b == '\r' ? State.SIZE_LF : State.EXTENSION;
      }
      case SIZE_LF -> {
        expect(b, '\n');
        lineBytes = 0;
        digits = 0;
        state = left == 0 ? State.TRAILER_START : State.DATA;
      }
      case DATA_CR -> {
        expect(b, '\r');
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        expect(b, '\n');
        state = State.SIZE;
      }
      case TRAILER_START -> {
        plain &= b == '\r';
        bound(MAX_TRAILERS, b == '\n');
        state = b == '\r' ? State.LAST_LF : State.TRAILER;
      }
      case TRAILER -> {
        bound(MAX_TRAILERS, b == '\n');
        state = b == '\r' ? State.TRAILER_LF : State.TRAILER;
      }
      case TRAILER_LF -> {
        expect(b, '\n');
        state = State.TRAILER_START;
      }
      case LAST_LF -> {
        expect(b, '\n');
        state = State.END;
      }
      case DATA, END -> throw new IllegalStateException("no framing in state " + state);
    }
  }

  private void size(byte b) throws BadMessage {
    int digit = Character.digit(b, 16);
    if (digit >= 0) {
      left = left << 4 | digit;
      bound(MAX_SIZE_LINE, ++digits > 15);
      return;
    }
    if (digits == 0) {
      throw broken();
    }
    if (b == '\r') {
      state = State.SIZE_LF;
    } else if (b == ';' || b == ' ' || b == '\t') {
      plain = false;
      state = State.EXTENSION;
    } else {
      throw broken();
    }
  }

  private void bound(int max, boolean bad) throws BadMessage {
    if (bad || ++lineBytes > max) {
      throw broken();
    }
  }

  private static void expect(byte b, char wanted) throws BadMessage {
    if (b != wanted) {
      throw broken();
    }
  }

  private static BadMessage broken() {
    return new BadMessage(400, "The body's chunks are not framed as RFC 9112 says.");
  }
}
