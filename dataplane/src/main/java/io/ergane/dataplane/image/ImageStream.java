package io.ergane.dataplane.image;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.ergane.core.compile.Compilation;
import io.ergane.proto.image.ImageAssembly;
import io.ergane.proto.image.ImageAssembly.Refusal;
import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.Resource;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the images of a control plane over delta xDS. What was taken last stays in force while
 * the control plane is gone; a new stream says what is held, so that only differences are sent. One
 * thread of its own does all of it, and one response is in hand at a time.
 */
public final class ImageStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageStream.class);
  private static final int MAX_ERROR_TEXT = 4_096;
  private static final long CLOSING_SECONDS = 3;

  private final ControlPlaneAddress address;
  private final ImageNode node;
  private final ImageStreamSettings settings;
  private final Consumer<Compilation> sink;
  private final ImageAssembly assembly = new ImageAssembly();
  private final ImageMonitor monitor;
  private final SplittableRandom random;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ergane-image").daemon().factory());
  private final ManagedChannel channel;
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private int failures;
  private volatile boolean closed;

  private ImageStream(
      ControlPlaneAddress address,
      ImageNode node,
      ImageStreamSettings settings,
      Consumer<Compilation> sink,
      InstantSource clock,
      long seed)
      throws IOException {
    this.address = address;
    this.node = node;
    this.settings = settings;
    this.sink = sink;
    this.monitor = new ImageMonitor(clock);
    this.random = new SplittableRandom(seed);
    this.channel =
        Grpc.newChannelBuilderForAddress(address.host(), address.port(), address.credentials())
            .executor(thread)
            .maxInboundMessageSize(settings.maxMessageBytes())
            .keepAliveTime(settings.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(settings.keepAliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
            .userAgent(node.kind() + "/" + node.version())
            .build();
  }

  /**
   * Starts to connect, and returns at once.
   *
   * @param sink puts images into force; called by one thread, one call at a time
   * @param seed of the pauses between attempts
   * @throws IOException when a file of the address' TLS cannot be used
   */
  public static ImageStream start(
      ControlPlaneAddress address,
      ImageNode node,
      ImageStreamSettings settings,
      Consumer<Compilation> sink,
      InstantSource clock,
      long seed)
      throws IOException {
    ImageStream stream = new ImageStream(address, node, settings, sink, clock, seed);
    stream.thread.execute(stream::open);
    return stream;
  }

  /** Completes when the first image is in force. */
  public CompletableFuture<Void> first() {
    return first.copy();
  }

  /** What is in force, and how it stands with the control plane. Any thread may ask. */
  public ImageStatus status() {
    return monitor.status();
  }

  /** Counts and times for metrics. */
  public ImageMonitor monitor() {
    return monitor;
  }

  public ControlPlaneAddress address() {
    return address;
  }

  private void open() {
    if (!closed) {
      channel.resetConnectBackoff();
      var _ =
          AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(new Stream());
    }
  }

  private void again() {
    if (closed) {
      return;
    }
    failures++;
    long pause = settings.pauseNanos(failures, random.nextDouble());
    try {
      var _ = thread.schedule(this::open, pause, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The image stream ends");
    }
  }

  private List<Refusal> put(String type, Compilation compilation, List<Refusal> refusals) {
    String image = compilation.image().hash();
    try {
      sink.accept(compilation);
    } catch (RuntimeException e) {
      LOG.error("Image {} could not be put into force", image, e);
      return List.of(new Refusal(type, "*", "image %s: %s".formatted(image, e)));
    }
    monitor.applied(image);
    if (first.complete(null)) {
      LOG.info("Image {} of the control plane at {} is in force", image, address);
    }
    return refusals;
  }

  /** Ends the stream. What is in force stays. */
  @Override
  public void close() {
    closed = true;
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("The connection to the control plane did not end in {} s", CLOSING_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.shutdownNow();
  }

  /** One stream, from its opening to its end. */
  private final class Stream
      implements ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> requests;
    private boolean subscribed;
    private boolean answered;

    @Override
    public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> stream) {
      requests = stream;
      stream.disableAutoRequestWithInitial(1);
      stream.setOnReadyHandler(this::subscribeOnce);
    }

    private void subscribeOnce() {
      ClientCallStreamObserver<DeltaDiscoveryRequest> stream = requests;
      if (subscribed || stream == null) {
        return;
      }
      subscribed = true;
      for (String type : ImageTypes.ALL) {
        DeltaDiscoveryRequest.Builder request =
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type)
                .addResourceNamesSubscribe("*")
                .putAllInitialResourceVersions(assembly.versions(type));
        if (type.equals(ImageTypes.ALL.getFirst())) {
          request.setNode(node.message());
        }
        stream.onNext(request.build());
      }
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      if (!answered) {
        answered = true;
        failures = 0;
        monitor.connected();
        LOG.info("Connected to the control plane at {}", address);
      }
      List<Refusal> refusals = take(response);
      DeltaDiscoveryRequest.Builder reply =
          DeltaDiscoveryRequest.newBuilder()
              .setTypeUrl(response.getTypeUrl())
              .setResponseNonce(response.getNonce());
      if (!refusals.isEmpty()) {
        reply.setErrorDetail(error(refusals));
      }
      ClientCallStreamObserver<DeltaDiscoveryRequest> stream = requests;
      if (stream != null) {
        stream.onNext(reply.build());
        stream.request(1);
      }
    }

    private List<Refusal> take(DeltaDiscoveryResponse response) {
      String type = response.getTypeUrl();
      List<Resource> changed =
          response.getResourcesList().stream()
              .map(resource ->
                  new Resource(
                      resource.getResource().getTypeUrl(),
                      resource.getName(),
                      resource.getVersion(),
                      resource.getResource().getValue()))
              .toList();
      ImageAssembly.Outcome outcome =
          assembly.update(type, changed, response.getRemovedResourcesList());
      outcome.refusals().forEach(refusal -> LOG.error("Refused: {}", refusal));
      monitor.received(outcome.refusals(), assembly.waitingFor());
      return outcome.compilation() == null
          ? outcome.refusals()
          : put(type, outcome.compilation(), outcome.refusals());
    }

    private static Status error(List<Refusal> refusals) {
      String text = refusals.stream().map(Refusal::toString).collect(Collectors.joining("; "));
      return Status.newBuilder()
          .setCode(Code.INVALID_ARGUMENT_VALUE)
          .setMessage(text.substring(0, Math.min(text.length(), MAX_ERROR_TEXT)))
          .build();
    }

    @Override
    public void onError(Throwable error) {
      ended(words(io.grpc.Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
      ended("the control plane closed the stream");
    }

    private static String words(io.grpc.Status status) {
      String told = status.getDescription() == null ? "" : ": " + status.getDescription();
      Throwable cause = status.getCause();
      return status.getCode() + told + (cause == null ? "" : ": " + cause.getMessage());
    }

    private void ended(String reason) {
      if (closed) {
        return;
      }
      if (answered || failures == 0) {
        LOG.warn(
            "No connection to the control plane at {}: {}. {}; trying again",
            address,
            reason,
            first.isDone() ? "The last image stays in force" : "There is no image yet");
      }
      monitor.disconnected(reason);
      again();
    }
  }
}
