package io.ergane.proxy;

import io.ergane.core.routing.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keep-alive connections to engines, the last used first, so that those beyond need grow old and
 * close. Belongs to one event loop; its connections live on that loop.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class UpstreamPool implements Sweep.Timed {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamPool.class);
  private static final long WARNING_PAUSE_NANOS = 10_000_000_000L;

  private final ServerState server;
  private final EventLoop loop;
  private final Sweep sweep;
  private final Map<Endpoint, ArrayDeque<UpstreamConnection>> idle = new HashMap<>();
  private int idleCount;
  private long lastWarning;
  private boolean sweeping;

  /** Learns what became of a dial. */
  interface Dialled {
    void connected(UpstreamConnection connection);

    void unreachable(String why);

    /**
     * This process could not even try, which says nothing of the engine.
     *
     * @param limit what there is too little of
     */
    void outOf(String limit);
  }

  UpstreamPool(ServerState server, EventLoop loop, Sweep sweep) {
    this.server = server;
    this.loop = loop;
    this.sweep = sweep;
  }

  /** Unused connections. */
  int idle() {
    return idleCount;
  }

  /** An unused connection, null when there is none. */
  @Nullable UpstreamConnection take(Endpoint endpoint) {
    ArrayDeque<UpstreamConnection> stack = idle.get(endpoint);
    while (stack != null && !stack.isEmpty()) {
      UpstreamConnection connection = stack.pop();
      counted(-1);
      if (connection.usable()) {
        return connection;
      }
      connection.close();
    }
    return null;
  }

  /** Takes a connection back. */
  void put(UpstreamConnection connection) {
    ArrayDeque<UpstreamConnection> stack =
        idle.computeIfAbsent(connection.endpoint(), _ -> new ArrayDeque<>());
    ProxySettings.Engines bounds = server.settings.engines();
    if (stack.size() >= bounds.maxIdlePerEndpoint() || idleCount >= bounds.maxIdle()) {
      connection.close();
      return;
    }
    stack.push(connection);
    counted(1);
  }

  /** An unused connection has ended. */
  void lost(UpstreamConnection connection) {
    ArrayDeque<UpstreamConnection> stack = idle.get(connection.endpoint());
    if (stack != null && stack.remove(connection)) {
      counted(-1);
    }
  }

  private void counted(int change) {
    idleCount += change;
    if (!sweeping) {
      sweeping = true;
      sweep.join(this);
    }
  }

  @Override
  public void tick(long now) {
    long limit = server.settings.engines().idle().toNanos();
    for (Iterator<ArrayDeque<UpstreamConnection>> stacks = idle.values().iterator();
        stacks.hasNext(); ) {
      ArrayDeque<UpstreamConnection> stack = stacks.next();
      while (!stack.isEmpty() && now - stack.getLast().lastUsed() > limit) {
        stack.removeLast().close();
        idleCount--;
      }
      if (stack.isEmpty()) {
        stacks.remove();
      }
    }
    if (idle.isEmpty()) {
      sweeping = false;
      sweep.leave(this);
    }
  }

  void closeIdle() {
    for (ArrayDeque<UpstreamConnection> stack : idle.values()) {
      while (!stack.isEmpty()) {
        stack.pop().close();
        idleCount--;
      }
    }
    idle.clear();
    sweeping = false;
    sweep.leave(this);
  }

  /** Connects; {@code dialled} is told exactly once, on this loop. */
  void dial(Endpoint endpoint, Dialled dialled) {
    InetAddress literal = endpoint.tls() ? null : AddressLookup.literal(endpoint.host());
    if (literal != null) {
      connect(endpoint, literal, null, dialled);
      return;
    }
    AtomicReference<@Nullable SslContext> tls = new AtomicReference<>();
    Future<InetAddress> found =
        server
            .machine
            .addresses()
            .find(
                endpoint.host(),
                loop,
                () -> {
                  if (endpoint.tls()) {
                    tls.set(server.engineTls());
                  }
                });
    found.addListener(_ -> {
      if (found.isSuccess()) {
        connect(endpoint, found.getNow(), tls.get(), dialled);
      } else {
        LOG.debug("{} has no address.", endpoint, found.cause());
        notFound(found.cause(), dialled);
      }
    });
  }

  private void notFound(@Nullable Throwable cause, Dialled dialled) {
    if (cause instanceof RejectedExecutionException) {
      dialled.outOf("host names to look up");
    } else {
      dialled.unreachable("its host name has no address");
    }
  }

  private void connect(
      Endpoint endpoint, InetAddress address, @Nullable SslContext tls, Dialled dialled) {
    UpstreamConnection connection = new UpstreamConnection(endpoint, server, this);
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channelFactory(server.machine.sockets().apply(loop))
            .option(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new GrowingReads())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) server.settings.engines().connect().toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(handler(tls, channel, endpoint));
                    }
                    channel.pipeline().addLast(connection);
                  }
                })
            .connect(new InetSocketAddress(address, endpoint.port()));
    connecting.addListener(_ -> {
      if (connecting.isSuccess()) {
        secured(connecting.channel(), connection, dialled);
      } else {
        onLoop(() -> notConnected(endpoint, connecting.cause(), dialled));
      }
    });
  }

  /** Where no socket could be made, the news does not come on this loop. */
  private void onLoop(Runnable news) {
    if (loop.inEventLoop()) {
      news.run();
    } else {
      loop.execute(news);
    }
  }

  private void notConnected(Endpoint endpoint, @Nullable Throwable cause, Dialled dialled) {
    if (!isOwn(cause)) {
      dialled.unreachable(reason(endpoint, cause));
      return;
    }
    long now = server.now();
    if (lastWarning == 0 || now - lastWarning > WARNING_PAUSE_NANOS) {
      lastWarning = now;
      LOG.warn("No connection to {} can be made from here: {}", endpoint, String.valueOf(cause));
    }
    dialled.outOf("open sockets");
  }

  /** Whether this process lacks sockets or, towards the endpoint, local ports. */
  private static boolean isOwn(@Nullable Throwable cause) {
    return cause instanceof ChannelException
        || (cause instanceof ConnectException
            && String.valueOf(cause.getMessage()).contains("assign requested address"));
  }

  private static void secured(Channel channel, UpstreamConnection connection, Dialled dialled) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      dialled.connected(connection);
      return;
    }
    tls.handshakeFuture()
        .addListener(shaken -> {
          if (shaken.isSuccess()) {
            dialled.connected(connection);
          } else {
            connection.close();
            dialled.unreachable(reason(connection.endpoint(), shaken.cause()));
          }
        });
  }

  private SslHandler handler(SslContext context, Channel channel, Endpoint endpoint) {
    SslHandler handler = context.newHandler(channel.alloc(), endpoint.host(), endpoint.port());
    if (server.settings.engines().verifyCertificates()) {
      SSLParameters parameters = handler.engine().getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      handler.engine().setSSLParameters(parameters);
    }
    handler.setHandshakeTimeoutMillis(server.settings.engines().connect().toMillis());
    return handler;
  }

  /** What a client may know of a failed dial; addresses and causes go to the log only. */
  private static String reason(Endpoint endpoint, @Nullable Throwable cause) {
    LOG.debug("{} cannot be reached.", endpoint, cause);
    return switch (cause) {
      case ConnectTimeoutException _ -> "the connection timed out";
      case ConnectException _ -> "the connection was refused";
      case SSLException _ -> "the TLS handshake failed";
      case null, default -> "no connection could be made";
    };
  }
}
