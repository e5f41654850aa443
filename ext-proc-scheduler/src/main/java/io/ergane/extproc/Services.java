package io.ergane.extproc;

import io.ergane.core.schedule.Mix;
import io.ergane.extproc.wire.Encoded;
import io.ergane.extproc.wire.LogBatch;
import io.ergane.extproc.wire.ProcessingMessage;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The two services of Envoy as gRPC calls them. */
final class Services {
  private static final String EXT_PROC = "envoy.service.ext_proc.v3.ExternalProcessor";
  private static final String ACCESS_LOG = "envoy.service.accesslog.v3.AccessLogService";
  private static final Attributes.Key<Object> CONNECTION = Attributes.Key.create("connection");
  private static final Object UNKNOWN = new Object();

  private final ServerState server;
  private final EventLoopGroup group;
  private final long seed;
  private final AtomicInteger nextLoop = new AtomicInteger();
  private final ThreadLocal<LoopState> loops = ThreadLocal.withInitial(this::loop);
  private final Messages messages = new Messages();
  private final MethodDescriptor<ProcessingMessage, Encoded> process =
      MethodDescriptor.newBuilder(messages.processing, messages.encoded)
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(EXT_PROC, "Process"))
          .build();
  private final MethodDescriptor<LogBatch, Encoded> streamAccessLogs =
      MethodDescriptor.newBuilder(messages.logs, messages.encoded)
          .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
          .setFullMethodName(
              MethodDescriptor.generateFullMethodName(ACCESS_LOG, "StreamAccessLogs"))
          .build();

  /**
   * @param seed of the decisions of each thread
   */
  Services(ServerState server, long seed, EventLoopGroup group) {
    this.server = server;
    this.group = group;
    this.seed = seed;
  }

  private LoopState loop() {
    for (EventExecutor thread : group) {
      if (thread.inEventLoop()) {
        return new LoopState(server, Mix.mix(seed + nextLoop.getAndIncrement()), thread);
      }
    }
    throw new IllegalStateException("called by no event loop of the server");
  }

  ServerServiceDefinition process() {
    return ServerServiceDefinition.builder(EXT_PROC)
        .addMethod(
            process,
            (call, _) -> {
              if (server.counts.openStreams.get() >= server.settings.limits().maxStreams()) {
                return refused(call);
              }
              Object connection = call.getAttributes().get(CONNECTION);
              return new ProcessCall(
                  server, loops.get(), messages, call, connection == null ? UNKNOWN : connection);
            })
        .build();
  }

  /** What a stream holds before its first message counts against no other bound. */
  private ServerCall.Listener<ProcessingMessage> refused(
      ServerCall<ProcessingMessage, Encoded> call) {
    server.counts.add(Counts.Failure.EXCESS);
    String text =
        "%d streams are open, which is all that this server takes. Raise --max-in-flight, or add a server."
            .formatted(server.settings.limits().maxStreams());
    call.close(Status.RESOURCE_EXHAUSTED.withDescription(text), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Ends streams of this thread that have waited too long. */
  void expire() {
    loops.get().undecided.expire(server.now());
  }

  ServerServiceDefinition accessLog() {
    return ServerServiceDefinition.builder(ACCESS_LOG)
        .addMethod(streamAccessLogs, (call, _) -> new LogCall(server, messages, call))
        .build();
  }

  /** Sees connections come and go. */
  ServerTransportFilter connections() {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        server.counts.connections.incrementAndGet();
        return attributes.toBuilder().set(CONNECTION, new Object()).build();
      }

      @Override
      public void transportTerminated(@Nullable Attributes attributes) {
        Object connection = attributes == null ? null : attributes.get(CONNECTION);
        if (connection != null) {
          server.counts.connections.decrementAndGet();
          server.open.orphan(connection, server.now());
        }
      }
    };
  }
}
