package io.ergane.proxy;

import io.ergane.core.schedule.Mix;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.net.EventLoops;
import io.ergane.dataplane.telemetry.Telemetry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening proxy. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored")
public final class ProxyServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
  private static final int BACKLOG = 4096;
  private static final long DRAIN_CHECK_MILLIS = 20;

  private final ServerState server;
  private final EventLoopGroup group;
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Map<EventLoop, LoopState> loops = new ConcurrentHashMap<>();
  private final AtomicInteger nextLoop = new AtomicInteger();
  private final long seed;
  private final @Nullable SslContext tls;
  private final Channel listener;
  private @Nullable CompletableFuture<Integer> draining;

  private ProxyServer(ServerState server, EventLoopGroup group, @Nullable SslContext tls)
      throws IOException {
    this.server = server;
    this.group = group;
    this.tls = tls;
    Long given = server.settings.seed();
    this.seed = given == null ? ThreadLocalRandom.current().nextLong() : given;
    this.listener = listen();
  }

  /**
   * Binds and serves.
   *
   * @param group event loops; stays the caller's, who shuts it down after {@link #close}
   * @throws BindException if the address cannot be bound
   * @throws IOException if the certificate cannot be read
   */
  public static ProxyServer start(
      ProxySettings settings, Dataplane dataplane, Telemetry telemetry, EventLoopGroup group)
      throws IOException {
    return start(settings, dataplane, telemetry, group, Machine.open());
  }

  /** The same on parts of a machine that the server closes. */
  static ProxyServer start(
      ProxySettings settings,
      Dataplane dataplane,
      Telemetry telemetry,
      EventLoopGroup group,
      Machine machine)
      throws IOException {
    SslContext front = TlsContexts.server(settings.listener());
    ServerState server = new ServerState(settings, dataplane, telemetry, machine);
    return new ProxyServer(server, group, front);
  }

  private Channel listen() throws IOException {
    ProxySettings.Listener address = server.settings.listener();
    var binding =
        new ServerBootstrap()
            .group(group)
            .channel(EventLoops.serverType(group))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new GrowingReads())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind(address.host(), address.port())
            .awaitUninterruptibly();
    if (!binding.isSuccess()) {
      server.machine.close();
      throw (IOException)
          new BindException(binding.cause().getMessage()).initCause(binding.cause());
    }
    return binding.channel();
  }

  private void accept(Channel channel) {
    int open = server.connections.incrementAndGet();
    channel.closeFuture().addListener(_ -> server.connections.decrementAndGet());
    if (open > server.settings.limits().maxConnections()) {
      channel.pipeline().addLast(new Overcrowded(server));
      return;
    }
    clients.add(channel);
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }
    LoopState loop = loops.computeIfAbsent(channel.eventLoop(), this::loopState);
    channel.pipeline().addLast(new FrontConnection(server, loop, channel));
  }

  private LoopState loopState(EventLoop loop) {
    return new LoopState(loop, server, Mix.mix(seed + nextLoop.getAndIncrement()));
  }

  /** The port that it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Requests between their first byte and the last of their answer. */
  public int inFlight() {
    return server.inFlight.get();
  }

  /** Bytes of request bodies, and of what was sent before its turn, that are held now. */
  long bufferedBytes() {
    return server.bufferedBytes.get();
  }

  /** Open client connections. */
  public int connections() {
    return server.connections.get();
  }

  /**
   * Leaves in good order: readiness turns false, after the lame-duck time no connection is accepted
   * any more and those that are open close after their present request, and after the drain time
   * what is left is cut.
   *
   * @return the number of requests that were cut
   */
  public synchronized CompletableFuture<Integer> drain() {
    CompletableFuture<Integer> started = draining;
    if (started == null) {
      started = new CompletableFuture<>();
      draining = started;
      server.leaving = true;
      CompletableFuture<Integer> done = started;
      long lameDuck = server.settings.timeouts().lameDuck().toMillis();
      group.next().schedule(() -> stopAccepting(done), lameDuck, TimeUnit.MILLISECONDS);
    }
    return started;
  }

  private void stopAccepting(CompletableFuture<Integer> done) {
    server.draining = true;
    listener.close();
    awaitIdle(done, server.now() + server.settings.timeouts().drain().toNanos());
  }

  private void awaitIdle(CompletableFuture<Integer> done, long deadline) {
    int left = inFlight();
    boolean late = server.now() - deadline >= 0;
    if (!clients.isEmpty() && !late) {
      group
          .next()
          .schedule(() -> awaitIdle(done, deadline), DRAIN_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    if (left > 0) {
      LOG.warn("Drain time is over: {} requests are cut.", left);
    } else {
      LOG.info("Drained: no request is left.");
    }
    close();
    done.complete(left);
  }

  /** Stops at once: what runs is cut. Engine connections close with it. */
  @Override
  public void close() {
    server.leaving = true;
    server.draining = true;
    listener.close();
    clients.close();
    loops.forEach((loop, state) -> loop.execute(state.engines::closeIdle));
    server.machine.close();
  }
}
