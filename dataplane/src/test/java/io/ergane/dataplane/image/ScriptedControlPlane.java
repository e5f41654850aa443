package io.ergane.dataplane.image;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.ergane.core.compile.Compilation;
import io.ergane.proto.image.ImageCodec;
import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.Resource;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A delta ADS server that says what a test tells it to. */
final class ScriptedControlPlane implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 15;

  private final Server server;
  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();

  ScriptedControlPlane(int port) throws IOException {
    server =
        Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
            .addService(new Service())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /** The next stream that a client opens. */
  Stream stream() throws InterruptedException {
    Stream stream = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("no stream was opened");
    }
    return stream;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Service extends AggregatedDiscoveryServiceImplBase {
    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      Stream stream = new Stream(responses);
      streams.add(stream);
      return stream;
    }
  }

  /** The server's side of a stream. */
  static final class Stream implements StreamObserver<DeltaDiscoveryRequest> {
    private final StreamObserver<DeltaDiscoveryResponse> responses;
    private final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
    private int nonce;

    private Stream(StreamObserver<DeltaDiscoveryResponse> responses) {
      this.responses = responses;
    }

    DeltaDiscoveryRequest request() throws InterruptedException {
      DeltaDiscoveryRequest request = requests.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (request == null) {
        throw new AssertionError("no request came");
      }
      return request;
    }

    /** The subscriptions that open a stream, by type. */
    Map<String, DeltaDiscoveryRequest> subscriptions() throws InterruptedException {
      Map<String, DeltaDiscoveryRequest> subscriptions = new HashMap<>();
      for (int i = 0; i < ImageTypes.ALL.size(); i++) {
        DeltaDiscoveryRequest request = request();
        subscriptions.put(request.getTypeUrl(), request);
      }
      return subscriptions;
    }

    /** Sends resources of one type and returns the answer to them. */
    DeltaDiscoveryRequest send(String type, Collection<Resource> resources, String... removed)
        throws InterruptedException {
      nonce++;
      DeltaDiscoveryResponse.Builder response =
          DeltaDiscoveryResponse.newBuilder()
              .setTypeUrl(type)
              .setNonce("n" + nonce)
              .addAllRemovedResources(List.of(removed));
      for (Resource resource : resources) {
        response.addResources(
            io.envoyproxy.envoy.service.discovery.v3.Resource.newBuilder()
                .setName(resource.name())
                .setVersion(resource.version())
                .setResource(resource.toAny()));
      }
      responses.onNext(response.build());
      return request();
    }

    /** Sends all of a compilation and returns the answers. */
    List<DeltaDiscoveryRequest> send(Compilation compilation) throws InterruptedException {
      List<DeltaDiscoveryRequest> answers = new ArrayList<>();
      for (String type : ImageTypes.ALL) {
        answers.add(send(type, ImageCodec.encode(compilation).ofType(type).values()));
      }
      return answers;
    }

    void end() {
      responses.onCompleted();
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
      requests.add(request);
    }

    @Override
    public void onError(@Nullable Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
