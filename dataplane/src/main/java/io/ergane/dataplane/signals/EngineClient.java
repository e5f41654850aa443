package io.ergane.dataplane.signals;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of one engine port that sends one GET at a time and keeps its connection between them.
 *
 * <p>A kept connection that the engine closed just as a request went out gives no answer at all;
 * the request is then sent once more on a new one. Nothing here has a clock: who asks {@link
 * #abandon}s when the time is up. Confined to the event loop of {@link ClientLoop}.
 */
final class EngineClient {

  /** The asker of one page. Body pieces come only of a response with status 200. */
  interface Exchange extends ResponseReader.BodySink {
    /** The body is complete. */
    void done();

    /** There will be no more of the body. */
    void failed(ScrapeFailure reason);
  }

  private static final Logger LOG = LoggerFactory.getLogger(EngineClient.class);

  private final ClientLoop loop;
  private final String host;
  private final String address;
  private final int port;
  private final boolean tls;
  private final Bootstrap bootstrap;
  private final ResponseReader reader;

  private @Nullable Channel channel;
  private @Nullable Exchange exchange;
  private byte[] request = {};
  private boolean mayRetry;

  /** Names the connection attempt under way; a late result of another is dropped. */
  private int attempt;

  /**
   * @param port of the target's host
   */
  EngineClient(ClientLoop loop, Target target, int port, WatchSettings settings) {
    this.loop = loop;
    this.host = target.host();
    this.address = target.address() == null ? host : target.address();
    this.port = port;
    this.tls = target.tls();
    this.reader = new ResponseReader(settings.maxHeadBytes(), settings.maxBodyBytes());
    this.bootstrap =
        loop.bootstrap(settings.deadline())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connecting) throws Exception {
                    initialise(connecting);
                  }
                });
  }

  /** Whether a page is being asked for. */
  boolean isBusy() {
    return exchange != null;
  }

  /** Sends a request; the exchange hears of its end unless it is {@link #abandon}ed. */
  void get(byte[] request, Exchange exchange) {
    if (this.exchange != null) {
      throw new IllegalStateException("one request at a time to " + host + ":" + port);
    }
    this.exchange = exchange;
    this.request = request;
    Channel kept = channel;
    mayRetry = kept != null && kept.isActive();
    if (mayRetry && kept != null) {
      send(kept);
    } else {
      connect();
    }
  }

  /** Forgets the page asked for, and closes the connection. */
  void abandon() {
    exchange = null;
    disconnect();
  }

  private void disconnect() {
    attempt++;
    Channel closing = channel;
    channel = null;
    if (closing != null) {
      var _ = closing.close();
    }
  }

  private void connect() {
    disconnect();
    int mine = attempt;
    loop.resolve(
        address,
        port,
        found -> {
          if (mine != attempt) {
            return;
          }
          if (found == null) {
            fail(ScrapeFailure.CONNECT);
          } else {
            connect(found, mine);
          }
        });
  }

  private void connect(InetSocketAddress address, int mine) {
    ChannelFuture connecting = bootstrap.connect(address);
    connecting.addListener(connected -> {
      Channel opened = connecting.channel();
      if (mine != attempt) {
        var _ = opened.close();
      } else if (connected.isSuccess()) {
        channel = opened;
        send(opened);
      } else {
        fail(ScrapeFailure.CONNECT);
      }
    });
  }

  private void send(Channel to) {
    reader.begin();
    var _ = to.writeAndFlush(Unpooled.wrappedBuffer(request), to.voidPromise());
  }

  private void initialise(Channel connecting) throws Exception {
    if (tls) {
      SslHandler handler = loop.tls().newHandler(connecting.alloc(), host, port);
      connecting.pipeline().addLast(handler);
    }
    connecting.pipeline().addLast(new Answers());
  }

  private void read(ByteBuf in) {
    byte[] scratch = loop.scratch();
    while (in.isReadable()) {
      Exchange asker = exchange;
      if (asker == null) {
        disconnect();
        return;
      }
      int length = Math.min(in.readableBytes(), scratch.length);
      in.readBytes(scratch, 0, length);
      int taken = reader.feed(scratch, 0, length, asker);
      ScrapeFailure unreadable = reader.failure();
      if (unreadable != null) {
        fail(unreadable);
        return;
      }
      if (reader.isDone()) {
        complete(asker, reader.persistent() && taken == length && !in.isReadable());
        return;
      }
    }
  }

  private void complete(Exchange asker, boolean keep) {
    if (!keep) {
      disconnect();
    }
    exchange = null;
    if (reader.status() == 200) {
      asker.done();
    } else {
      asker.failed(ScrapeFailure.STATUS);
    }
  }

  private void fail(ScrapeFailure reason) {
    disconnect();
    Exchange asker = exchange;
    exchange = null;
    if (asker != null) {
      asker.failed(reason);
    }
  }

  private void ended() {
    channel = null;
    Exchange asker = exchange;
    if (asker == null) {
      return;
    }
    reader.endOfStream();
    if (reader.isDone()) {
      complete(asker, false);
    } else if (mayRetry && !reader.hasStarted()) {
      mayRetry = false;
      connect();
    } else {
      fail(ScrapeFailure.CLOSED);
    }
  }

  private final class Answers extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var bytes = (ByteBuf) message;
      try {
        if (context.channel().equals(channel)) {
          read(bytes);
        }
      } finally {
        bytes.release();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel().equals(channel)) {
        ended();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake
          && !handshake.isSuccess()
          && context.channel().equals(channel)) {
        fail(ScrapeFailure.CONNECT);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!(cause instanceof IOException || cause instanceof DecoderException)) {
        LOG.error("the client of {}:{} has a defect", host, port, cause);
      }
      var _ = context.close();
    }
  }
}
