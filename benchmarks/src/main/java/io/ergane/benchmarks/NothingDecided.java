package io.ergane.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * An external processor that decides nothing: every request goes to the same endpoint of the same
 * pool. Written the usual way, with generated stubs and the settings of Ergane's own server, beside
 * a sink for access-log entries. What Ergane's costs beyond it is the cost of deciding.
 *
 * <p>Arguments: port, pool as {@code namespace/name}, endpoint as {@code host:port}.
 */
public final class NothingDecided {
  private static final int WINDOW = 4 << 20;
  private static final int LARGEST_MESSAGE = 64 << 20;

  private NothingDecided() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])))
            .bossEventLoopGroup(group)
            .workerEventLoopGroup(group)
            .channelType(EpollServerSocketChannel.class)
            .directExecutor()
            .flowControlWindow(WINDOW)
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(new Processor(args[1], args[2]))
            .addService(new Sink())
            .build()
            .start();
    System.out.println("listening on " + server.getPort());
    server.awaitTermination();
  }

  /** Answers headers with nothing and bodies with one direction. */
  private static final class Processor extends ExternalProcessorGrpc.ExternalProcessorImplBase {
    private static final ProcessingResponse HEADERS =
        ProcessingResponse.newBuilder()
            .setRequestHeaders(HeadersResponse.getDefaultInstance())
            .build();

    private final ProcessingResponse direction;

    Processor(String pool, String endpoint) {
      Struct metadata =
          Struct.newBuilder()
              .putFields(
                  "x-gateway-destination-endpoint",
                  Value.newBuilder().setStringValue(endpoint).build())
              .build();
      CommonResponse common =
          CommonResponse.newBuilder()
              .setClearRouteCache(true)
              .setHeaderMutation(
                  HeaderMutation.newBuilder()
                      .addSetHeaders(header("x-ergane-pool", pool))
                      .addSetHeaders(header("x-gateway-destination-endpoint", endpoint)))
              .build();
      direction =
          ProcessingResponse.newBuilder()
              .setRequestBody(BodyResponse.newBuilder().setResponse(common))
              .setDynamicMetadata(
                  Struct.newBuilder()
                      .putFields("envoy.lb", Value.newBuilder().setStructValue(metadata).build()))
              .build();
    }

    private static HeaderValueOption header(String name, String value) {
      return HeaderValueOption.newBuilder()
          .setHeader(
              HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value)))
          .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
          .build();
    }

    @Override
    public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> out) {
      return new StreamObserver<>() {
        private boolean over;

        @Override
        public void onNext(ProcessingRequest message) {
          switch (message.getRequestCase()) {
            case REQUEST_HEADERS -> out.onNext(HEADERS);
            case REQUEST_BODY -> {
              out.onNext(direction);
              over = true;
              out.onCompleted();
            }
            default -> {}
          }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          if (!over) {
            out.onCompleted();
          }
        }
      };
    }
  }

  /** Takes access-log entries and does nothing with them. */
  private static final class Sink extends AccessLogServiceGrpc.AccessLogServiceImplBase {
    @Override
    public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(
        StreamObserver<StreamAccessLogsResponse> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(StreamAccessLogsMessage message) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          out.onNext(StreamAccessLogsResponse.getDefaultInstance());
          out.onCompleted();
        }
      };
    }
  }
}
