package io.ergane.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.ergane.xds.server.session.Event;
import io.ergane.xds.server.session.Push;
import io.ergane.xds.server.session.Session;
import io.ergane.xds.server.session.SubscriptionStatus;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's call: carries its requests to its {@link Session} and the session's responses back, as
 * fast as the connection takes them. Everything runs on the shard's event loop, gRPC's callbacks
 * too.
 */
final class AdsStream extends ServerCall.Listener<NodeRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdsStream.class);
  private static final long FIRST_REQUEST_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int MAX_LISTED_VERSIONS = 64;
  private static final int MAX_MESSAGE = 4096;

  private final AdsService service;
  private final Shard shard;
  private final ServerCall<NodeRequest, Frame> call;
  private final Session session;
  private final AtomicBoolean readyNoticed = new AtomicBoolean();
  private final Instant since = Instant.now();
  private final long sinceNanos = System.nanoTime();
  private final Map<String, Nack> nacks = new HashMap<>();
  private final Map<String, Instant> acked = new HashMap<>();
  private final Map<String, Instant> sent = new HashMap<>();
  private @Nullable NodeIdentity node;
  private boolean closed;

  AdsStream(AdsService service, Shard shard, ServerCall<NodeRequest, Frame> call) {
    this.service = service;
    this.shard = shard;
    this.call = call;
    this.session = new Session(service.settings().stream());
  }

  void start() {
    call.sendHeaders(new Metadata());
    call.request(1);
    shard.execute(() -> shard.add(this));
  }

  @Override
  public void onMessage(NodeRequest message) {
    shard.execute(() -> guarded(() -> take(message)));
  }

  @Override
  public void onReady() {
    if (readyNoticed.compareAndSet(false, true)) {
      shard.execute(() -> {
        readyNoticed.set(false);
        pump();
      });
    }
  }

  @Override
  public void onHalfClose() {
    shard.execute(() -> close(Status.OK));
  }

  @Override
  public void onCancel() {
    shard.execute(this::release);
  }

  @Override
  public void onComplete() {
    shard.execute(this::release);
  }

  private void take(NodeRequest message) {
    if (closed || (node == null && !accept(message.node()))) {
      return;
    }
    long now = System.nanoTime();
    String excess = session.request(message.request(), now);
    if (excess != null) {
      refuse("subscriptions", Status.RESOURCE_EXHAUSTED, excess);
      return;
    }
    call.request(1);
    pump();
  }

  private boolean accept(Node candidate) {
    if (candidate.getId().isEmpty()) {
      refuse(
          "node_id",
          Status.INVALID_ARGUMENT,
          "the first request has no node.id. Set node.id in the bootstrap, or start Envoy with --service-node.");
      return false;
    }
    if (!Printable.is(candidate.getId(), NodeIdentity.MAX_LENGTH)) {
      refuse(
          "node_id",
          Status.INVALID_ARGUMENT,
          "node.id is too long or has control characters; up to %d printable characters are accepted."
              .formatted(NodeIdentity.MAX_LENGTH));
      return false;
    }
    String unsupported = service.check().refusal(candidate);
    if (unsupported != null) {
      refuse("unsupported_node", Status.FAILED_PRECONDITION, unsupported);
      return false;
    }
    String full = service.admission().open(candidate.getId());
    if (full != null) {
      refuse("nodes", Status.RESOURCE_EXHAUSTED, full);
      return false;
    }
    NodeIdentity accepted = NodeIdentity.of(candidate);
    node = accepted;
    service.attendance().came(statusOf(accepted));
    return true;
  }

  private void refuse(String reason, Status status, String description) {
    service.metrics().refused(reason);
    String line = service.refusals().line(reason, address(), description, System.nanoTime());
    if (line != null) {
      LOG.warn("{}", line);
    }
    close(status.withDescription(description));
  }

  /** Takes over what was published, and writes what is due while the connection takes it. */
  void pump() {
    guarded(this::write);
  }

  private void write() {
    var catalog = service.catalog();
    if (closed || node == null || catalog == null) {
      return;
    }
    long now = System.nanoTime();
    session.publish(catalog, now);
    while (call.isReady()) {
      Push push = session.next(now);
      if (push == null) {
        break;
      }
      Frame frame = new Frame(service.payloads().get(push), Payload.nonce(push.nonce()));
      call.sendMessage(frame);
      sent.put(push.typeUrl(), Instant.now());
      service.metrics().pushed(push.typeUrl(), frame.size());
    }
    session.drainEvents().forEach(this::happened);
  }

  private void happened(Event event) {
    service.metrics().happened(event);
    switch (event) {
      case Event.Acknowledged ack -> acked.put(ack.typeUrl(), Instant.now());
      case Event.Rejected rejected -> rejected(rejected);
      case Event.BarrierExpired late ->
          LOG.warn("node {} did not acknowledge {} in time; going on", id(), late.waitingFor());
    }
  }

  private void rejected(Event.Rejected event) {
    String message = Printable.text(event.message(), MAX_MESSAGE);
    List<String> texts = new ArrayList<>(event.names());
    texts.add(message);
    Nack nack =
        new Nack(
            id(),
            node == null ? "" : node.cluster(),
            event.typeUrl(),
            event.version(),
            event.names(),
            message,
            Subject.in(texts),
            Instant.now());
    nacks.put(event.typeUrl(), nack);
    LOG.debug("node {} rejected {}: {}", id(), event.names(), message);
    service.rejected(nack);
  }

  /** Called now and then: ends waits that took too long. */
  void tick() {
    if (node == null && System.nanoTime() - sinceNanos > FIRST_REQUEST_NANOS) {
      close(Status.DEADLINE_EXCEEDED.withDescription("no request came within 30 s"));
    } else if (session.isWaiting()) {
      pump();
    }
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("the stream of node {} ends because of a defect", id(), e);
      close(Status.INTERNAL.withDescription("a defect in the server; its log tells more"));
    }
  }

  void close(Status status) {
    if (!closed) {
      // First, so that there is room for a node that is told and comes back at once.
      release();
      try {
        call.close(status, new Metadata());
      } catch (IllegalStateException _) {
        // The call ended by itself in the meantime.
      }
    }
  }

  private void release() {
    if (closed) {
      return;
    }
    closed = true;
    service.admission().close();
    if (node != null) {
      service.admission().close(node.id());
      service.attendance().left(node.id());
    }
    shard.remove(this);
  }

  private String id() {
    return node == null ? "(unknown)" : node.id();
  }

  private String address() {
    var address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address == null ? "" : address.toString();
  }

  NodeKind kind() {
    return NodeKind.of(node == null ? "" : node.userAgent(), session.typeUrls());
  }

  /** Null before the node has said who it is. */
  @Nullable NodeStatus status() {
    return node == null ? null : statusOf(node);
  }

  private NodeStatus statusOf(NodeIdentity node) {
    return new NodeStatus(
        node.id(),
        node.cluster(),
        kind(),
        node.version(),
        address(),
        since,
        session.waitingFor(),
        session.status(MAX_LISTED_VERSIONS).stream().map(this::ofType).toList());
  }

  private NodeStatus.OfType ofType(SubscriptionStatus type) {
    String url = type.typeUrl();
    return new NodeStatus.OfType(
        url,
        type.delta(),
        type.wildcard(),
        type.resources(),
        type.runs(),
        acked.get(url),
        type.unanswered(),
        sent.get(url),
        type.live(),
        type.rejected(),
        nacks.get(url),
        type.versions());
  }
}
