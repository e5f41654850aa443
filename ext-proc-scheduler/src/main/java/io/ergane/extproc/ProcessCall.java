package io.ergane.extproc;

import io.ergane.extproc.wire.Encoded;
import io.ergane.extproc.wire.ProcessingMessage;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An ext_proc stream of gRPC. The next message is taken when the answers to the one before have
 * found room.
 */
final class ProcessCall extends ServerCall.Listener<ProcessingMessage> implements Output {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessCall.class);

  private final ServerState server;
  private final Messages messages;
  private final ServerCall<ProcessingMessage, Encoded> call;
  private final ExtProcStream stream;
  private boolean closed;
  private boolean waiting;
  private boolean over;

  ProcessCall(
      ServerState server,
      LoopState loop,
      Messages messages,
      ServerCall<ProcessingMessage, Encoded> call,
      Object connection) {
    this.server = server;
    this.messages = messages;
    this.call = call;
    this.stream = new ExtProcStream(server, loop, this, connection);
    server.counts.streams.increment();
    server.counts.openStreams.incrementAndGet();
    call.sendHeaders(new Metadata());
    call.request(1);
  }

  @Override
  public void onMessage(ProcessingMessage message) {
    try {
      stream.message(message);
    } catch (RuntimeException e) {
      LOG.error("A request failed unexpectedly.", e);
      stream.failed();
    } finally {
      messages.done();
    }
    if (!closed) {
      next();
    }
  }

  private void next() {
    waiting = !call.isReady();
    if (!waiting) {
      call.request(1);
    }
  }

  @Override
  public void onReady() {
    if (waiting && !closed) {
      next();
    }
  }

  @Override
  public void onHalfClose() {
    stream.halfClosed();
  }

  @Override
  public void onCancel() {
    server.counts.cancelled.increment();
    closed = true;
    over();
  }

  @Override
  public void onComplete() {
    over();
  }

  private void over() {
    if (!over) {
      over = true;
      stream.ended();
      server.counts.openStreams.decrementAndGet();
    }
  }

  @Override
  public void send(Encoded message) {
    if (!closed) {
      call.sendMessage(message);
    }
  }

  @Override
  public void complete() {
    close(Status.OK);
  }

  @Override
  public void fail(Status status) {
    close(status);
  }

  private void close(Status status) {
    if (!closed) {
      closed = true;
      call.close(status, new Metadata());
    }
  }
}
