package io.ergane.extproc;

import io.ergane.extproc.wire.Encoded;
import io.ergane.extproc.wire.LogBatch;
import io.ergane.extproc.wire.ProcessingMessage;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Reads messages into memory of the thread and writes them from it. A message is good until the
 * next one is read on its thread, so services with these marshallers must run on a direct executor.
 */
final class Messages {
  private static final int USUAL = 64 << 10;
  private static final int KEPT = 1 << 20;
  private static final byte[] NOTHING = new byte[0];

  private final ThreadLocal<Scratch> scratches = ThreadLocal.withInitial(Scratch::new);

  /** Memory of one thread. */
  private static final class Scratch {
    byte[] bytes = new byte[USUAL];
    final ProcessingMessage message = new ProcessingMessage();
    final LogBatch batch = new LogBatch();

    /** Reads a stream to its end; says how long it is. */
    int fill(InputStream in) throws IOException {
      int length = 0;
      if (in instanceof KnownLength) {
        room(in.available(), 0);
      }
      for (int read = in.read(bytes, length, bytes.length - length);
          read >= 0;
          read = in.read(bytes, length, bytes.length - length)) {
        length += read;
        if (length == bytes.length) {
          room(2 * length, length);
        }
      }
      return length;
    }

    /** One byte is always left over, so that the end of a stream can be seen. */
    private void room(int wanted, int kept) {
      if (wanted >= bytes.length) {
        bytes = Arrays.copyOf(kept == 0 ? NOTHING : bytes, wanted + 1);
      }
    }

    void giveBack() {
      if (bytes.length > KEPT) {
        bytes = new byte[USUAL];
      }
    }
  }

  /** Lets go of memory for an unusually long message; called when it has been dealt with. */
  void done() {
    scratches.get().giveBack();
  }

  final MethodDescriptor.Marshaller<ProcessingMessage> processing =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(ProcessingMessage value) {
          throw new UnsupportedOperationException("a server reads these");
        }

        @Override
        public ProcessingMessage parse(InputStream stream) {
          Scratch scratch = scratches.get();
          try {
            int length = scratch.fill(stream);
            scratch.message.read(scratch.bytes, 0, length);
            return scratch.message;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  final MethodDescriptor.Marshaller<LogBatch> logs =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(LogBatch value) {
          throw new UnsupportedOperationException("a server reads these");
        }

        @Override
        public LogBatch parse(InputStream stream) {
          Scratch scratch = scratches.get();
          try {
            int length = scratch.fill(stream);
            scratch.batch.read(scratch.bytes, 0, length);
            return scratch.batch;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  final MethodDescriptor.Marshaller<Encoded> encoded =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Encoded value) {
          return new Slice(value);
        }

        @Override
        public Encoded parse(InputStream stream) {
          throw new UnsupportedOperationException("a server writes these");
        }
      };

  /**
   * Bytes of a message; gRPC takes them before the call that sends it returns. Drained they are
   * copied once; what can only be read goes through a new buffer of 8 KiB.
   */
  private static final class Slice extends ByteArrayInputStream implements Drainable, KnownLength {
    Slice(Encoded message) {
      super(message.bytes(), message.offset(), message.length());
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int length = available();
      target.write(buf, pos, length);
      pos = count;
      return length;
    }
  }
}
