package io.ergane.dataplane.signals;

import io.ergane.dataplane.net.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the engine clients of one event loop share. */
final class ClientLoop {

  private static final int SCRATCH_BYTES = 16 << 10;

  private final EventLoop eventLoop;
  private final Callable<SslContext> newTls;
  private @Nullable SslContext tls;
  private final byte[] scratch = new byte[SCRATCH_BYTES];

  ClientLoop(EventLoop eventLoop, Callable<SslContext> newTls) {
    this.eventLoop = eventLoop;
    this.newTls = newTls;
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  /** Made when the first target asks for it: reading the trusted certificates takes long. */
  SslContext tls() throws Exception {
    if (tls == null) {
      tls = newTls.call();
    }
    return tls;
  }

  /** Bytes for the length of one call on the loop. */
  byte[] scratch() {
    return scratch;
  }

  Bootstrap bootstrap(Duration connectDeadline) {
    int millis = Math.clamp(connectDeadline.toMillis(), 1, Integer.MAX_VALUE);
    return new Bootstrap()
        .group(eventLoop)
        .channel(EventLoops.socketType(eventLoop))
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
        .option(ChannelOption.TCP_NODELAY, true);
  }

  /**
   * Finds a host's address and hands it over on the event loop; null when it has none. Names are
   * looked up on a virtual thread, for the JDK's resolver blocks.
   */
  void resolve(String host, int port, Consumer<@Nullable InetSocketAddress> then) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      then.accept(addressOf(literal, port));
      return;
    }
    Thread.ofVirtual()
        .name("resolve-" + host)
        .start(() -> {
          InetSocketAddress address = lookUp(host, port);
          try {
            eventLoop.execute(() -> then.accept(address));
          } catch (RejectedExecutionException shuttingDown) {
            // Nobody is left to connect.
          }
        });
  }

  private static @Nullable InetSocketAddress addressOf(byte[] literal, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(literal), port);
    } catch (UnknownHostException wrongLength) {
      return null;
    }
  }

  private static @Nullable InetSocketAddress lookUp(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException none) {
      return null;
    }
  }
}
