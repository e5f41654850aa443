package io.ergane.xds.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler that does what the test says: it answers each body with the pool and the destination
 * that the test put, closes the stream, and keeps what Envoy sent and logged.
 */
final class ScriptedScheduler implements AutoCloseable {
  /** What was seen of one stream. */
  record Seen(Map<String, String> headers, int bodyBytes, boolean whole) {}

  private final Server server;
  final List<Seen> seen = new CopyOnWriteArrayList<>();
  final BlockingQueue<HTTPAccessLogEntry> logged = new LinkedBlockingQueue<>();

  /** NAMESPACE/NAME; null sends a 404 of the scheduler's own. */
  volatile @Nullable String pool = "default/chat";

  volatile String destination = "";
  volatile Map<String, String> moreHeaders = Map.of();
  volatile boolean fails;

  /** Before it answers headers. */
  volatile Duration holds = Duration.ZERO;

  /** Before it answers a body. */
  volatile Duration thinks = Duration.ZERO;

  /** What it asks Envoy for when it is sent headers, and again when it answers them. */
  volatile Duration asks = Duration.ZERO;

  ScriptedScheduler(int port) {
    try {
      server =
          NettyServerBuilder.forPort(port)
              .maxInboundMessageSize(64 << 20)
              .addService(new Processor())
              .addService(new Log())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  HTTPAccessLogEntry nextLogged() throws InterruptedException {
    HTTPAccessLogEntry entry = logged.poll(20, TimeUnit.SECONDS);
    if (entry == null) {
      throw new AssertionError("no access log entry in 20 s");
    }
    return entry;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ProcessingResponse answer(HttpBody body) {
    String text = body.getBody().toString(StandardCharsets.UTF_8);
    CommonResponse.Builder common = CommonResponse.newBuilder().setClearRouteCache(true);
    ProcessingResponse.Builder response = ProcessingResponse.newBuilder();
    String chosen = pool;
    if (!text.contains("\"model\"")) {
      set(common, EnvoyNames.BODY_HEADER, EnvoyNames.WHOLE);
    } else if (chosen == null) {
      return immediate(404, "{\"error\":\"mine\"}");
    } else {
      set(common, EnvoyNames.POOL_HEADER, chosen);
      set(common, EnvoyNames.DESTINATION, destination);
      moreHeaders.forEach((name, value) -> set(common, name, value));
      response.setDynamicMetadata(metadata(destination));
    }
    return response.setRequestBody(BodyResponse.newBuilder().setResponse(common)).build();
  }

  static ProcessingResponse immediate(int status, String body) {
    return ProcessingResponse.newBuilder()
        .setImmediateResponse(
            ImmediateResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCodeValue(status))
                .setBody(ByteString.copyFromUtf8(body)))
        .build();
  }

  private static Struct metadata(String destination) {
    Struct lb =
        Struct.newBuilder()
            .putFields(
                EnvoyNames.DESTINATION, Value.newBuilder().setStringValue(destination).build())
            .build();
    return Struct.newBuilder()
        .putFields(EnvoyNames.LB_NAMESPACE, Value.newBuilder().setStructValue(lb).build())
        .build();
  }

  private static void set(CommonResponse.Builder common, String name, String value) {
    common
        .getHeaderMutationBuilder()
        .addSetHeaders(
            Protos.header(name, "").toBuilder()
                .setHeader(
                    HeaderValue.newBuilder()
                        .setKey(name)
                        .setRawValue(ByteString.copyFromUtf8(value))));
  }

  private void askForTime(StreamObserver<ProcessingResponse> out) {
    if (asks.isPositive()) {
      out.onNext(
          ProcessingResponse.newBuilder().setOverrideMessageTimeout(Protos.duration(asks)).build());
    }
  }

  private static void later(Duration delay, Runnable action) {
    CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS).execute(action);
  }

  private final class Processor extends ExternalProcessorGrpc.ExternalProcessorImplBase {
    @Override
    public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> out) {
      return new StreamObserver<>() {
        private final Map<String, String> headers = new TreeMap<>();

        @Override
        public void onNext(ProcessingRequest request) {
          if (fails) {
            out.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
          } else if (request.hasRequestHeaders()) {
            for (HeaderValue header : request.getRequestHeaders().getHeaders().getHeadersList()) {
              headers.put(header.getKey(), header.getRawValue().toStringUtf8());
            }
            if (request.getRequestHeaders().getEndOfStream()) {
              out.onNext(immediate(200, "{\"object\":\"list\"}"));
              out.onCompleted();
            } else {
              askForTime(out);
              later(
                  holds,
                  () -> {
                    out.onNext(
                        ProcessingResponse.newBuilder()
                            .setRequestHeaders(HeadersResponse.getDefaultInstance())
                            .build());
                    askForTime(out);
                  });
            }
          } else {
            HttpBody body = request.getRequestBody();
            seen.add(new Seen(headers, body.getBody().size(), body.getEndOfStream()));
            later(
                thinks,
                () -> {
                  out.onNext(answer(body));
                  out.onCompleted();
                });
          }
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
      };
    }
  }

  private final class Log extends AccessLogServiceGrpc.AccessLogServiceImplBase {
    @Override
    public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(
        StreamObserver<StreamAccessLogsResponse> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(StreamAccessLogsMessage message) {
          logged.addAll(message.getHttpLogs().getLogEntryList());
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }
  }
}
