package io.ergane.xds.server;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.xds.server.session.Catalog;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aggregated discovery service: what is published, and the streams of all nodes. Thread-safe.
 */
final class AdsService {
  private static final Logger LOG = LoggerFactory.getLogger(AdsService.class);
  private static final long STATUS_SECONDS = 5;
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration REFUSALS_TOLD = Duration.ofSeconds(30);

  private final XdsSettings settings;
  private final NodeCheck check;
  private final XdsMetrics metrics;
  private final Admission admission;
  private final Attendance attendance;
  private final RefusalLog refusals = new RefusalLog(REFUSALS_TOLD);
  private final PayloadCache payloads;
  private final List<Shard> shards = new ArrayList<>();
  private final List<Consumer<Nack>> nackListeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable Catalog catalog;
  private volatile @Nullable Instant publishedAt;

  /**
   * @param loops event loops of all connections
   */
  AdsService(
      XdsSettings settings,
      NodeCheck check,
      XdsMetrics metrics,
      Iterable<? extends EventExecutor> loops) {
    this.settings = settings;
    this.check = check;
    this.metrics = metrics;
    this.admission = new Admission(settings);
    this.attendance = new Attendance(settings.gone(), InstantSource.system(), LOG::info);
    this.payloads = new PayloadCache(settings.encodedBytes());
    loops.forEach(loop -> shards.add(new Shard(loop)));
    shards.getFirst().every(TICK, attendance::tick);
    metrics.gauge(
        "ergane_xds_connected_nodes", "Nodes with an open stream.", admission, Admission::nodes);
    metrics.gauge("ergane_xds_streams", "Open streams.", admission, Admission::streams);
  }

  ServerServiceDefinition definition() {
    NameLists lists = new NameLists(RequestMarshaller.NAMES, settings.maxRequestBytes());
    var whole =
        AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod().toBuilder(
                RequestMarshaller.ofTheStateOfTheWorld(lists), Frame.Marshaller.INSTANCE)
            .build();
    var delta =
        AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod().toBuilder(
                RequestMarshaller.ofDeltas(lists), Frame.Marshaller.INSTANCE)
            .build();
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(AggregatedDiscoveryServiceGrpc.SERVICE_NAME)
            .addMethod(whole)
            .addMethod(delta)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(whole, (call, _) -> open(call))
        .addMethod(delta, (call, _) -> open(call))
        .build();
  }

  private ServerCall.Listener<NodeRequest> open(ServerCall<NodeRequest, Frame> call) {
    String full = admission.open();
    if (full != null) {
      metrics.refused("streams");
      call.close(Status.RESOURCE_EXHAUSTED.withDescription(full), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Shard shard = shards.stream().filter(Shard::isCurrent).findFirst().orElseThrow();
    AdsStream stream = new AdsStream(this, shard, call);
    stream.start();
    return stream;
  }

  synchronized void publish(ResourceSet resources) {
    Catalog before = catalog;
    adopt(before == null ? Catalog.of(resources) : before.replacedBy(resources));
  }

  synchronized void publish(Collection<Resource> changed, Collection<Key> removed) {
    Catalog before = catalog;
    if (before == null) {
      throw new IllegalStateException(
          "publishEndpoints came before publish. Publish the whole configuration first.");
    }
    adopt(before.changed(changed, removed));
  }

  private void adopt(Catalog next) {
    if (next == catalog) {
      return;
    }
    catalog = next;
    publishedAt = Instant.now();
    payloads.clear();
    shards.forEach(Shard::wake);
  }

  void onNack(Consumer<Nack> listener) {
    nackListeners.add(listener);
  }

  void rejected(Nack nack) {
    for (Consumer<Nack> listener : nackListeners) {
      try {
        listener.accept(nack);
      } catch (RuntimeException e) {
        LOG.error("a listener failed on {}", nack, e);
      }
    }
  }

  List<NodeStatus> nodes() {
    List<CompletableFuture<List<NodeStatus>>> parts =
        shards.stream()
            .map(shard -> {
              var part = new CompletableFuture<List<NodeStatus>>();
              shard.execute(() -> part.complete(statuses(shard)));
              return part.completeOnTimeout(List.of(), STATUS_SECONDS, TimeUnit.SECONDS);
            })
            .toList();
    return parts.stream()
        .flatMap(part -> part.join().stream())
        .sorted(Comparator.comparing(NodeStatus::id).thenComparing(NodeStatus::connectedSince))
        .toList();
  }

  private static List<NodeStatus> statuses(Shard shard) {
    List<NodeStatus> statuses = new ArrayList<>();
    for (AdsStream stream : shard.snapshot()) {
      NodeStatus status = stream.status();
      if (status != null) {
        statuses.add(status);
      }
    }
    return statuses;
  }

  XdsStatus status() {
    SortedMap<String, String> published = new TreeMap<>();
    Catalog now = catalog;
    if (now != null) {
      now.resources().types().forEach(type -> published.put(type, now.type(type).version()));
    }
    return new XdsStatus(published, publishedAt, nodes(), attendance.gone());
  }

  XdsSettings settings() {
    return settings;
  }

  NodeCheck check() {
    return check;
  }

  XdsMetrics metrics() {
    return metrics;
  }

  RefusalLog refusals() {
    return refusals;
  }

  Admission admission() {
    return admission;
  }

  Attendance attendance() {
    return attendance;
  }

  PayloadCache payloads() {
    return payloads;
  }

  /** What is published; null before the first publication. */
  @Nullable Catalog catalog() {
    return catalog;
  }

  /** Ends every stream, so that nodes look for another replica. */
  void endStreams() {
    attendance.close();
    Status status = Status.UNAVAILABLE.withDescription("the server is closing");
    for (Shard shard : shards) {
      shard.execute(() -> shard.snapshot().forEach(stream -> stream.close(status)));
    }
  }
}
