package io.ergane.xds.server;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * An encoded response: bytes shared with other nodes, and this node's nonce.
 *
 * @param payload not changed by anyone
 */
@SuppressWarnings("ArrayRecordComponent") // Shared, never compared.
record Frame(byte[] payload, byte[] nonce) {

  int size() {
    return payload.length + nonce.length;
  }

  /** Hands frames to gRPC as they are. */
  enum Marshaller implements MethodDescriptor.Marshaller<Frame> {
    INSTANCE;

    @Override
    public InputStream stream(Frame frame) {
      return new FrameStream(frame);
    }

    @Override
    public Frame parse(InputStream stream) {
      throw new UnsupportedOperationException("a server does not read responses");
    }
  }

  /** Known in length, so that gRPC takes one buffer for all and copies once. */
  private static final class FrameStream extends InputStream implements Drainable, KnownLength {
    private final Frame frame;
    private int at;

    FrameStream(Frame frame) {
      this.frame = frame;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int left = available();
      if (at == 0) {
        target.write(frame.payload());
        target.write(frame.nonce());
        at = left;
      } else {
        transferTo(target);
      }
      return left;
    }

    @Override
    public int available() {
      return frame.size() - at;
    }

    @Override
    public int read() {
      if (at == frame.size()) {
        return -1;
      }
      int index = at++;
      int first = frame.payload().length;
      return 0xff & (index < first ? frame.payload()[index] : frame.nonce()[index - first]);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      if (at == frame.size()) {
        return -1;
      }
      int first = frame.payload().length;
      byte[] part = at < first ? frame.payload() : frame.nonce();
      int from = at < first ? at : at - first;
      int count = Math.min(length, part.length - from);
      System.arraycopy(part, from, into, offset, count);
      at += count;
      return count;
    }
  }
}
