package io.ergane.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node over a real connection whose requests and answers a test writes out. */
public final class FakeEnvoy<Q, A> implements AutoCloseable {
  private static final long SECONDS = 10;

  final BlockingQueue<A> responses = new LinkedBlockingQueue<>();
  final CompletableFuture<Throwable> ended = new CompletableFuture<>();
  private final ManagedChannel channel;
  private final ClientCallStreamObserver<Q> requests;

  private FakeEnvoy(
      int port,
      ChannelCredentials credentials,
      int taken,
      Function<AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub, Open<Q, A>> open) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port, credentials)
            .overrideAuthority("localhost")
            .maxInboundMessageSize(64 << 20)
            .build();
    Answers answers = new Answers(taken);
    requests =
        (ClientCallStreamObserver<Q>)
            open.apply(AggregatedDiscoveryServiceGrpc.newStub(channel)).with(answers);
  }

  private interface Open<Q, A> {
    io.grpc.stub.StreamObserver<Q> with(ClientResponseObserver<Q, A> answers);
  }

  public static FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta(int port) {
    return delta(port, InsecureChannelCredentials.create(), Integer.MAX_VALUE);
  }

  /**
   * @param taken responses to read before {@link #take} is called
   */
  static FakeEnvoy<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta(
      int port, ChannelCredentials credentials, int taken) {
    return new FakeEnvoy<>(port, credentials, taken, stub -> stub::deltaAggregatedResources);
  }

  static FakeEnvoy<DiscoveryRequest, DiscoveryResponse> whole(int port) {
    return new FakeEnvoy<>(
        port,
        InsecureChannelCredentials.create(),
        Integer.MAX_VALUE,
        stub -> stub::streamAggregatedResources);
  }

  private final class Answers implements ClientResponseObserver<Q, A> {
    private final int taken;

    Answers(int taken) {
      this.taken = taken;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
      stream.disableAutoRequestWithInitial(taken);
    }

    @Override
    public void onNext(A response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable error) {
      ended.complete(error);
    }

    @Override
    public void onCompleted() {
      ended.complete(new IllegalStateException("the server ended the stream"));
    }
  }

  public void send(Q request) {
    requests.onNext(request);
  }

  /** Reads {@code count} more responses. */
  void take(int count) {
    requests.request(count);
  }

  public A next() throws InterruptedException {
    A response = responses.poll(SECONDS, TimeUnit.SECONDS);
    if (response == null) {
      throw new AssertionError("no response within " + SECONDS + " s; stream: " + ended);
    }
    return response;
  }

  @Nullable A nextWithin(Duration time) throws InterruptedException {
    return responses.poll(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  String endedWith() throws Exception {
    return String.valueOf(ended.get(SECONDS, TimeUnit.SECONDS).getMessage());
  }

  public static DeltaDiscoveryRequest.Builder asks(String node, String type, String... names) {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(node(node))
        .setTypeUrl(type)
        .addAllResourceNamesSubscribe(List.of(names));
  }

  public static DeltaDiscoveryRequest ack(DeltaDiscoveryResponse response) {
    return DeltaDiscoveryRequest.newBuilder()
        .setTypeUrl(response.getTypeUrl())
        .setResponseNonce(response.getNonce())
        .build();
  }

  static DeltaDiscoveryRequest nack(DeltaDiscoveryResponse response, String message) {
    DeltaDiscoveryRequest.Builder nack = ack(response).toBuilder();
    nack.getErrorDetailBuilder().setCode(13).setMessage(message);
    return nack.build();
  }

  static Node node(String id) {
    Node.Builder node = Node.newBuilder().setId(id).setCluster("edge").setUserAgentName("envoy");
    node.getUserAgentBuildVersionBuilder().getVersionBuilder().setMajorNumber(1).setMinorNumber(40);
    return node.build();
  }

  @Override
  public void close() throws InterruptedException {
    requests.cancel("the test is over", null);
    channel.shutdownNow();
    channel.awaitTermination(SECONDS, TimeUnit.SECONDS);
  }
}
