package io.ergane.controllers.admission;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;

/**
 * An HTTPS server (TLS 1.2 and above, HTTP/1.1) that answers reviews with {@link Reviews} and
 * {@code GET /healthz} with {@code ok}. Connections, bytes, threads and waits are bounded.
 */
public final class WebhookServer implements AutoCloseable {
  private static final int CLOSE_SECONDS = 5;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("webhooks", true), NioIoHandler.newFactory());
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Workload workload;
  private final Channel listener;

  /**
   * Starts to listen.
   *
   * @param keys asked at every handshake, so that a certificate can be replaced at any time; while
   *     it has none, handshakes fail
   * @throws IOException when the address cannot be bound
   */
  public static WebhookServer start(WebhookSettings settings, Reviews reviews, KeyManager keys)
      throws IOException {
    return new WebhookServer(settings, reviews, keys);
  }

  private WebhookServer(WebhookSettings settings, Reviews reviews, KeyManager keys)
      throws IOException {
    workload = new Workload(settings, reviews);
    SslContext tls = tls(keys);
    var address = new InetSocketAddress(settings.host(), settings.port());
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, settings.maxConnections())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    open(channel, settings, tls);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      workload.close();
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException(
          "%s:%d cannot be listened on: %s"
              .formatted(settings.host(), settings.port(), bound.cause().getMessage()),
          bound.cause());
    }
    listener = bound.channel();
  }

  private static SslContext tls(KeyManager keys) throws SSLException {
    return SslContextBuilder.forServer(keys)
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .build();
  }

  private void open(Channel channel, WebhookSettings settings, SslContext tls) {
    if (connections.size() >= settings.maxConnections()) {
      var _ = channel.close();
      return;
    }
    connections.add(channel);
    SslHandler secure = tls.newHandler(channel.alloc());
    secure.setHandshakeTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    channel
        .pipeline()
        .addLast(secure)
        .addLast(new WriteTimeoutHandler(settings.timeout().toMillis(), TimeUnit.MILLISECONDS))
        .addLast(new HttpServerCodec(new HttpDecoderConfig().setMaxHeaderSize(16 << 10)))
        .addLast(new HttpServerExpectContinueHandler())
        .addLast(new WebhookConnection(settings, workload));
  }

  /** The port that is listened on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Accepts nothing more, lets what runs end for up to 5 s, then closes all connections. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    workload.drain(CLOSE_SECONDS);
    connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    workload.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
