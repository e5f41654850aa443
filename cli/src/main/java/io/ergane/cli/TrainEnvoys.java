package io.ergane.cli;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ExternalProcessorGrpc;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import io.ergane.controllers.source.Source;
import io.ergane.dataplane.image.ControlPlaneAddress;
import io.ergane.dataplane.image.ImageNode;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The part of a training run that is about Envoys: their control plane and their scheduler. */
final class TrainEnvoys {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int NODES = 50;
  private static final int REQUESTS = 200;
  private static final long WAIT_SECONDS = 5;
  private static final List<String> TYPES =
      List.of(TypeUrl.CLUSTER, TypeUrl.ENDPOINT, TypeUrl.LISTENER, TypeUrl.ROUTE);
  private static final Map<String, String> HEAD =
      Map.of(
          ":method", "POST",
          ":path", "/v1/chat/completions",
          ":authority", "train",
          "content-type", "application/json");

  private TrainEnvoys() {}

  /** Starts a control plane and a scheduler on ports of their own, asks both, and stops them. */
  static void run(List<Source> sources, RouterOptions options, Map<String, String> environment)
      throws InterruptedException {
    XdsSettings xds = XdsSettings.DEFAULT.at(LOOPBACK, 0);
    ExtProcOptions listener = new ExtProcOptions();
    listener.host = LOOPBACK;
    FileImages files = new FileImages(sources, null);
    try (ControlPlaneProcess control =
        ControlPlaneProcess.start(files, xds, EnvoySettings.DEFAULT, options.pages)) {
      ControlPlaneAddress address = new ControlPlaneAddress(LOOPBACK, control.port(), null);
      XdsImages images = new XdsImages(address, new ImageNode("train", "ergane-ext-proc", ""));
      try (ExtProcProcess scheduler =
          ExtProcProcess.start(images, listener, options.pages, options.scheduling, environment)) {
        for (int i = 0; i < NODES; i++) {
          subscribe(control.port(), "train-" + i);
        }
        decide(scheduler.port());
      }
    }
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress(LOOPBACK, port).usePlaintext().build();
  }

  /** Subscribes as an Envoy does, and acknowledges what comes. */
  private static void subscribe(int port, String id) throws InterruptedException {
    ManagedChannel channel = channel(port);
    AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub stub =
        AggregatedDiscoveryServiceGrpc.newStub(channel);
    Call<DeltaDiscoveryRequest, DeltaDiscoveryResponse> node = new Call<>(TYPES.size());
    node.open(
        stub::deltaAggregatedResources,
        response ->
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .build());
    for (String type : TYPES) {
      node.say(
          DeltaDiscoveryRequest.newBuilder()
              .setNode(Node.newBuilder().setId(id).setCluster("train"))
              .setTypeUrl(type)
              .addResourceNamesSubscribe("*")
              .build());
    }
    node.await();
    channel.shutdownNow();
  }

  /** Asks the scheduler as an Envoy does that sends headers and whole bodies. */
  private static void decide(int port) throws InterruptedException {
    ManagedChannel channel = channel(port);
    ExternalProcessorGrpc.ExternalProcessorStub stub = ExternalProcessorGrpc.newStub(channel);
    HttpHeaders.Builder headers = HttpHeaders.newBuilder();
    HEAD.forEach((name, value) ->
        headers
            .getHeadersBuilder()
            .addHeadersBuilder()
            .setKey(name)
            .setRawValue(ByteString.copyFromUtf8(value)));
    ProtocolConfiguration modes =
        ProtocolConfiguration.newBuilder()
            .setRequestBodyMode(ProcessingMode.BodySendMode.BUFFERED)
            .build();
    ProcessingRequest head =
        ProcessingRequest.newBuilder().setRequestHeaders(headers).setProtocolConfig(modes).build();
    for (int i = 0; i < REQUESTS; i++) {
      Call<ProcessingRequest, ProcessingResponse> call = new Call<>(2);
      call.open(stub::process, _ -> null);
      call.say(head);
      call.say(body("Hello " + i));
      call.await();
    }
    channel.shutdownNow();
  }

  private static ProcessingRequest body(String prompt) {
    String json =
        "{\"model\":\"train\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
    return ProcessingRequest.newBuilder()
        .setRequestBody(
            HttpBody.newBuilder().setBody(ByteString.copyFromUtf8(json)).setEndOfStream(true))
        .build();
  }

  /** A call that is over when it had some answers, or has ended. */
  private static final class Call<Q, A> implements StreamObserver<A> {
    private final CountDownLatch awaited;
    private Function<A, @Nullable Q> reply = _ -> null;
    private @Nullable StreamObserver<Q> out;

    Call(int answers) {
      awaited = new CountDownLatch(answers);
    }

    void open(Function<StreamObserver<A>, StreamObserver<Q>> method, Function<A, @Nullable Q> to) {
      reply = to;
      out = method.apply(this);
    }

    synchronized void say(@Nullable Q request) {
      if (request != null && out != null) {
        out.onNext(request);
      }
    }

    void await() throws InterruptedException {
      awaited.await(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(A answer) {
      say(reply.apply(answer));
      awaited.countDown();
    }

    @Override
    public void onError(Throwable failure) {
      onCompleted();
    }

    @Override
    public void onCompleted() {
      while (awaited.getCount() > 0) {
        awaited.countDown();
      }
    }
  }
}
