package io.ergane.extproc;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks a scheduler on this machine as an Envoy does, so that its code is loaded and linked. */
public final class Rehearsal {
  private static final Map<String, String> HEAD =
      Map.of(
          ":method", "POST",
          ":path", "/v1/chat/completions",
          ":authority", "rehearsal",
          "content-type", "application/json");

  private Rehearsal() {}

  /**
   * Sends so many requests, one after the other, and does not mind what is answered.
   *
   * @param atMost for all of them together; what is left then is not sent
   */
  public static void run(int port, String model, int requests, Duration atMost)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      ExternalProcessorGrpc.ExternalProcessorStub stub = ExternalProcessorGrpc.newStub(channel);
      for (int i = 0; i < requests; i++) {
        Answers answers = new Answers();
        StreamObserver<ProcessingRequest> out = stub.process(answers);
        out.onNext(head());
        out.onNext(body(model, "Hello " + i));
        if (!answers.ended.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } finally {
      channel.shutdownNow();
    }
  }

  private static ProcessingRequest head() {
    HttpHeaders.Builder headers = HttpHeaders.newBuilder();
    HEAD.forEach((name, value) ->
        headers
            .getHeadersBuilder()
            .addHeadersBuilder()
            .setKey(name)
            .setRawValue(ByteString.copyFromUtf8(value)));
    return ProcessingRequest.newBuilder()
        .setRequestHeaders(headers)
        .setProtocolConfig(
            ProtocolConfiguration.newBuilder()
                .setRequestBodyMode(ProcessingMode.BodySendMode.BUFFERED))
        .build();
  }

  private static ProcessingRequest body(String model, String prompt) {
    String json =
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted(model, prompt);
    return ProcessingRequest.newBuilder()
        .setRequestBody(
            HttpBody.newBuilder().setBody(ByteString.copyFromUtf8(json)).setEndOfStream(true))
        .build();
  }

  /** Waits for the end of a stream. */
  private static final class Answers implements StreamObserver<ProcessingResponse> {
    final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void onNext(ProcessingResponse answer) {}

    @Override
    public void onError(Throwable failure) {
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }
}
