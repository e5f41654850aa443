package io.ergane.xds.server;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.ergane.proto.resource.Key;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.tls.ServerTls;
import io.ergane.proto.tls.UnusableTlsFiles;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves resources to Envoys and to Ergane's own data planes over aggregated xDS,
 * state-of-the-world and delta. Nothing is sent before the first publication, so that a control
 * plane that starts does not take away what nodes run. Thread-safe.
 */
public final class XdsServer implements AutoCloseable {
  private static final Duration RELOAD = Duration.ofSeconds(30);

  private final XdsSettings settings;
  private final EventLoopGroup loops;
  private final AdsService service;
  private final HealthStatusManager health;
  private final Server server;
  private final @Nullable ServerTls tls;

  private XdsServer(
      XdsSettings settings,
      EventLoopGroup loops,
      AdsService service,
      HealthStatusManager health,
      Server server,
      @Nullable ServerTls tls) {
    this.settings = settings;
    this.loops = loops;
    this.service = service;
    this.health = health;
    this.server = server;
    this.tls = tls;
  }

  /**
   * Listens. The health service answers {@code NOT_SERVING} until something is published.
   *
   * @throws UnusableTlsFiles when a TLS file cannot be read
   * @throws IOException when the address is taken
   */
  public static XdsServer start(XdsSettings settings, NodeCheck check, MeterRegistry registry)
      throws IOException {
    ServerTls tls = settings.tls() == null ? null : ServerTls.of(settings.tls(), RELOAD);
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            settings.shards(),
            new DefaultThreadFactory("xds", true),
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    AdsService service = new AdsService(settings, check, new XdsMetrics(registry), loops);
    HealthStatusManager health = new HealthStatusManager();
    try {
      ServerCredentials credentials =
          tls == null ? InsecureServerCredentials.create() : tls.credentials();
      Server server = server(settings, credentials, loops, service, health);
      setHealth(health, ServingStatus.NOT_SERVING);
      return new XdsServer(settings, loops, service, health, server.start(), tls);
    } catch (IOException | RuntimeException e) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1000);
      if (tls != null) {
        tls.close();
      }
      throw e;
    }
  }

  private static Server server(
      XdsSettings settings,
      ServerCredentials credentials,
      EventLoopGroup loops,
      AdsService service,
      HealthStatusManager health) {
    XdsSettings.KeepAlive keepAlive = settings.keepAlive();
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(settings.host(), settings.port()), credentials)
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .channelType(
            Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
        .directExecutor()
        .addService(service.definition())
        .addService(health.getHealthService())
        .maxInboundMessageSize(settings.maxRequestBytes())
        .maxConcurrentCallsPerConnection(settings.maxStreamsPerConnection())
        .keepAliveTime(keepAlive.time().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(keepAlive.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveTime(keepAlive.permitted().toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(true)
        .build();
  }

  private static void setHealth(HealthStatusManager health, ServingStatus status) {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(AggregatedDiscoveryServiceGrpc.SERVICE_NAME, status);
  }

  /** Replaces everything that is published. Streams get what differs, in order. */
  public void publish(ResourceSet resources) {
    service.publish(resources);
    setHealth(health, ServingStatus.SERVING);
  }

  /**
   * Changes single resources, endpoints as a rule, at a cost that depends on what changes alone. A
   * key in both collections is changed.
   *
   * @throws IllegalStateException before the first {@link #publish}
   */
  public void publishEndpoints(Collection<Resource> changed, Collection<Key> removed) {
    service.publish(changed, removed);
  }

  /** Every stream of every node, sorted by the node's id. */
  public List<NodeStatus> nodes() {
    return service.nodes();
  }

  /** What is published and what nodes make of it. */
  public XdsStatus status() {
    return service.status();
  }

  /**
   * Adds a listener for rejections. It is called on a thread that serves nodes: it must not block.
   */
  public void onNack(Consumer<Nack> listener) {
    service.onNack(listener);
  }

  /** The port in use. */
  public int port() {
    return server.getPort();
  }

  /** Stops: tells health checks, takes no more streams, ends the open ones, and waits for them. */
  @Override
  public void close() {
    if (server.isShutdown()) {
      return;
    }
    health.enterTerminalState();
    server.shutdown();
    service.endStreams();
    try {
      if (!server.awaitTermination(settings.closeGrace().toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1000);
    if (tls != null) {
      tls.close();
    }
  }
}
