package io.ergane.extproc;

import io.ergane.extproc.wire.Encoded;
import io.ergane.extproc.wire.LogBatch;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A stream of access-log entries, as long as Envoy's life. */
final class LogCall extends ServerCall.Listener<LogBatch> {
  private static final Encoded RESPONSE = new Encoded(new byte[0], 0, 0);

  private final ServerState server;
  private final Messages messages;
  private final LogSink sink;
  private final ServerCall<LogBatch, Encoded> call;

  LogCall(ServerState server, Messages messages, ServerCall<LogBatch, Encoded> call) {
    this.server = server;
    this.messages = messages;
    this.sink = new LogSink(server);
    this.call = call;
    call.sendHeaders(new Metadata());
    call.request(1);
  }

  @Override
  public void onMessage(LogBatch batch) {
    String problem = batch.each(sink::entry);
    messages.done();
    if (problem != null) {
      server.counts.add(Counts.Failure.MALFORMED);
      call.close(Status.INVALID_ARGUMENT.withDescription(problem), new Metadata());
      return;
    }
    call.request(1);
  }

  @Override
  public void onHalfClose() {
    call.sendMessage(RESPONSE);
    call.close(Status.OK, new Metadata());
  }
}
