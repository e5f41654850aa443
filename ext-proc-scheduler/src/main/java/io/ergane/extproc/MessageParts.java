package io.ergane.extproc;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts what has come of messages that are not whole yet, and ends the stream with which all
 * streams together hold too much. HTTP/2's windows bound a connection's unread bytes only: gRPC
 * counts a part as read when it comes, not when its message is whole.
 */
final class MessageParts extends ServerStreamTracer.Factory {
  /** What is not counted of each message: most end before. The bound on streams bounds it. */
  static final int FREE = 16 << 10;

  private final Counts counts;
  private final long most;

  /**
   * @param most in bytes; at least a message of the greatest length that is accepted
   */
  MessageParts(Counts counts, long most) {
    this.counts = counts;
    this.most = most;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new Part();
  }

  /** The message of a stream that is not whole; told of it on the thread of the connection. */
  private final class Part extends ServerStreamTracer {
    private long came;
    private long counted;

    @Override
    public void inboundWireSize(long bytes) {
      came += bytes;
      long more = came - FREE - counted;
      if (more > 0) {
        counted += more;
        if (counts.partBytes.addAndGet(more) > most) {
          throw excess();
        }
      }
    }

    /** Thrown where a message is found to be too long, it ends the stream and frees its memory. */
    private RuntimeException excess() {
      counts.add(Counts.Failure.MEMORY);
      String text =
          "%d bytes of messages that are not whole are all that this server holds. Try again shortly, or add a server."
              .formatted(most);
      return Status.RESOURCE_EXHAUSTED.withDescription(text).asRuntimeException();
    }

    @Override
    public void inboundMessageRead(int number, long wireSize, long size) {
      done();
    }

    @Override
    public void streamClosed(Status status) {
      done();
    }

    private void done() {
      came = 0;
      if (counted > 0) {
        counts.partBytes.addAndGet(-counted);
        counted = 0;
      }
    }
  }
}
