package io.ergane.proxy;

import io.ergane.core.routing.Endpoint;
import io.ergane.proxy.http1.BadMessage;
import io.ergane.proxy.http1.BodyFraming;
import io.ergane.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to an engine: one request at a time, then back to the pool. An answer that nobody
 * wants any more is drained when it is short, else the connection closes.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);
  private static final int DRAINED = 64 << 10;
  private static final long DRAIN_MILLIS = 1000;
  private static final int MAX_INTERIM = 100;

  /** Whoever waits for the answer. */
  interface Receiver {
    /** The head is complete. The receiver may {@link #abandon} the rest. */
    void answered(ResponseHead head, BodyFraming framing);

    /**
     * Bytes of the body arrived; when {@code framing} is complete the connection is no longer the
     * receiver's.
     *
     * @param from where in {@code in} the bytes begin; they end at its reader index
     */
    void body(ByteBuf in, int from, BodyFraming framing);

    /** No more bytes for now. */
    void paused();

    /** The connection ended or sent what is no answer; nothing follows. */
    void broke(String how);
  }

  private final Endpoint endpoint;
  private final ServerState server;
  private final UpstreamPool pool;
  private final ResponseHead head;
  private final BodyFraming framing = new BodyFraming();
  private @Nullable Channel channel;
  private @Nullable Receiver receiver;
  private boolean busy;
  private boolean headComplete;
  private boolean closing;
  private int drained;
  private int interim;
  private long lastUsed;

  UpstreamConnection(Endpoint endpoint, ServerState server, UpstreamPool pool) {
    this.endpoint = endpoint;
    this.server = server;
    this.pool = pool;
    ProxySettings.Limits limits = server.settings.limits();
    this.head = new ResponseHead(limits.maxHeaderBytes(), limits.maxHeaders());
  }

  Endpoint endpoint() {
    return endpoint;
  }

  boolean usable() {
    return channel != null && channel.isActive() && !closing;
  }

  /** When bytes last arrived or a request began. */
  long lastUsed() {
    return lastUsed;
  }

  Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not connected");
    }
    return channel;
  }

  /** Begins a request; the caller then writes it to {@link #channel}. */
  void begin(Receiver newReceiver) {
    receiver = newReceiver;
    busy = true;
    headComplete = false;
    drained = 0;
    interim = 0;
    head.clear();
    lastUsed = server.now();
  }

  /** The receiver wants nothing more of this answer. */
  void abandon() {
    receiver = null;
    reading(true);
    channel().eventLoop().schedule(this::closeUndrained, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void closeUndrained() {
    if (busy && receiver == null) {
      close();
    }
  }

  /** Whether no byte of the present answer has arrived. */
  boolean silent() {
    return interim == 0 && !head.begun();
  }

  void reading(boolean on) {
    if (channel != null && channel.config().isAutoRead() != on) {
      channel.config().setAutoRead(on);
    }
  }

  void close() {
    closing = true;
    receiver = null;
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    lastUsed = server.now();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      read(in);
    } catch (BadMessage bad) {
      broke(bad.text());
    } finally {
      in.release();
    }
  }

  private void read(ByteBuf in) throws BadMessage {
    while (in.isReadable() && !closing) {
      if (!busy) {
        close();
        return;
      }
      if (!headComplete && !readHead(in)) {
        return;
      }
      if (headComplete && !closing && (in.isReadable() || framing.complete())) {
        readBody(in);
      }
    }
  }

  private boolean readHead(ByteBuf in) throws BadMessage {
    if (!head.read(in)) {
      return false;
    }
    if (head.interim()) {
      if (head.status() == 101) {
        throw new BadMessage(502, "it switched protocols unasked");
      }
      if (++interim > MAX_INTERIM) {
        throw new BadMessage(502, "it sent more than " + MAX_INTERIM + " interim answers");
      }
      head.clear();
      return true;
    }
    head.frame(framing);
    headComplete = true;
    if (receiver != null) {
      receiver.answered(head, framing);
    }
    return true;
  }

  private void readBody(ByteBuf in) throws BadMessage {
    int from = in.readerIndex();
    framing.read(in);
    Receiver wanting = receiver;
    if (wanting == null) {
      drained += in.readerIndex() - from;
      if (drained > DRAINED) {
        close();
        return;
      }
    }
    if (framing.complete()) {
      complete(in.isReadable());
    }
    if (wanting != null) {
      wanting.body(in, from, framing);
    }
  }

  private void complete(boolean surplus) {
    busy = false;
    receiver = null;
    lastUsed = server.now();
    reading(true);
    boolean again =
        !surplus
            && head.keepsAlive()
            && framing.kind() != BodyFraming.Kind.UNTIL_CLOSE
            && usable()
            && channel().unsafe().outboundBuffer() != null
            && channel().unsafe().outboundBuffer().isEmpty();
    if (again) {
      pool.put(this);
    } else {
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (receiver != null) {
      lastUsed = server.now();
      receiver.paused();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws BadMessage {
    if (!busy) {
      pool.lost(this);
      return;
    }
    Receiver wanting = receiver;
    if (wanting != null && headComplete && framing.endsWithConnection()) {
      framing.read(Unpooled.EMPTY_BUFFER);
      busy = false;
      receiver = null;
      wanting.body(Unpooled.EMPTY_BUFFER, 0, framing);
    } else {
      broke("it closed the connection");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException || cause instanceof DecoderException)) {
      LOG.error("A call of {} failed unexpectedly.", endpoint, cause);
    }
    broke(cause instanceof IOException ? "the connection was reset" : "the connection broke");
  }

  private void broke(String how) {
    Receiver wanting = receiver;
    boolean wasIdle = !busy && !closing;
    close();
    if (wasIdle) {
      pool.lost(this);
    } else if (wanting != null) {
      wanting.broke(how);
    }
  }
}
