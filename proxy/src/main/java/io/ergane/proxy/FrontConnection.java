package io.ergane.proxy;

import io.ergane.dataplane.decision.OwnAnswer;
import io.ergane.dataplane.decision.Refusal;
import io.ergane.proxy.http1.BadMessage;
import io.ergane.proxy.http1.BodyFraming;
import io.ergane.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: requests one after the other. While one is served, what follows it waits
 * unread beyond a bound.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class FrontConnection extends ChannelInboundHandlerAdapter implements Sweep.Timed {
  private static final Logger LOG = LoggerFactory.getLogger(FrontConnection.class);
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final long LINGER_NANOS = 2_000_000_000L;

  /** Bytes per second of a body, on the average after the time of one pause. */
  private static final int SLOWEST_BODY = 1000;

  private static final long NANOS_PER_BYTE = 1_000_000_000L / SLOWEST_BODY;

  private enum State {
    /** Before or within a head. */
    HEAD,
    /** Within the body of a request. */
    BODY,
    /** A whole request is being served. */
    BUSY,
    /** The last answer was sent before its request was read; what comes is thrown away. */
    LINGERING,
    CLOSED
  }

  private final ServerState server;
  private final LoopState loop;
  private final Channel channel;
  private final RequestHead head;
  private final BodyFraming framing = new BodyFraming();
  private final PipelinedBytes pipelined;
  private State state = State.HEAD;
  private RequestBody body = new RequestBody();
  private @Nullable Exchange exchange;
  private boolean consuming;
  private boolean keepAlive;
  private long since;
  private long bodySince;
  private long unwritableSince;

  FrontConnection(ServerState server, LoopState loop, Channel channel) {
    this.server = server;
    this.loop = loop;
    this.channel = channel;
    this.pipelined = new PipelinedBytes(server);
    ProxySettings.Limits limits = server.settings.limits();
    this.head = new RequestHead(limits.maxHeaderBytes(), limits.maxHeaders());
    this.since = server.now();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    loop.sweep.join(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      switch (state) {
        case HEAD, BODY -> {
          if (pipelined.isEmpty()) {
            consume(in);
          } else {
            keep(in);
          }
        }
        case BUSY -> keep(in);
        case LINGERING, CLOSED -> {}
      }
    } finally {
      in.release();
    }
  }

  /** Keeps what came before its turn. */
  private void keep(ByteBuf in) {
    pipelined.keep(in, channel.alloc());
    pace();
  }

  /** Stops reading while too much waits, or while a client does not take the answers it has. */
  private void pace() {
    boolean full = pipelined.isFull() || (state == State.HEAD && !pipelined.isEmpty());
    if (state != State.CLOSED && channel.config().isAutoRead() == full) {
      channel.config().setAutoRead(!full);
    }
  }

  /** Whether the next request must wait until the client has taken answers to those before. */
  private boolean unread() {
    return state == State.HEAD && !head.begun() && !channel.isWritable();
  }

  private void consume(ByteBuf in) {
    consuming = true;
    try {
      while (in.isReadable() && (state == State.HEAD || state == State.BODY) && !unread()) {
        if (state == State.HEAD) {
          readHead(in);
        } else {
          readBody(in);
        }
      }
    } catch (BadMessage bad) {
      refuse(Refusal.badMessage(bad.status(), bad.text()));
    } finally {
      consuming = false;
    }
    if (in.isReadable() && (state == State.BUSY || state == State.HEAD)) {
      keep(in);
    }
  }

  private void readHead(ByteBuf in) throws BadMessage {
    if (!head.begun()) {
      since = server.now();
    }
    if (!head.read(in)) {
      return;
    }
    head.frame(framing);
    bodySince = server.now();
    keepAlive = head.keepsAlive();
    Exchange begun = new Exchange(server, loop, this, head);
    exchange = begun;
    since = server.now();
    state = framing.complete() ? State.BUSY : State.BODY;
    if (!begun.begin(framing, since)) {
      return;
    }
    if (framing.complete()) {
      begun.received(body);
    } else if (head.expectsContinue()) {
      write(Unpooled.wrappedBuffer(CONTINUE));
      flush();
    }
  }

  private void readBody(ByteBuf in) throws BadMessage {
    Exchange reading = exchange;
    framing.read(in);
    if (reading == null) {
      return;
    }
    since = server.now();
    for (int i = 0; i < framing.spans(); i++) {
      body.add(channel.alloc(), in, framing.start(i), framing.length(i));
    }
    if (!reading.admits(body.bytes(), framing.dataBytes())) {
      return;
    }
    if (framing.complete()) {
      RequestBody whole = body;
      body = new RequestBody();
      state = State.BUSY;
      reading.received(whole);
    }
  }

  /** Answers what is no request, and closes. */
  private void refuse(Refusal refusal) {
    Exchange reading = exchange;
    if (reading != null) {
      reading.refuse(refusal);
      return;
    }
    keepAlive = false;
    AnswerWriter.write(OwnAnswer.to(refusal, null, server.errors), this, null, false, true);
    finish(false);
  }

  /** Does work of the exchange that comes from another thread, in its turn. */
  void run(Runnable work) {
    if (channel.eventLoop().inEventLoop()) {
      work.run();
      return;
    }
    channel
        .eventLoop()
        .execute(() -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            channel.pipeline().fireExceptionCaught(e);
          }
        });
  }

  /** Work of the exchange failed unexpectedly, on whatever thread. */
  void failed(Throwable cause) {
    channel.pipeline().fireExceptionCaught(cause);
  }

  /** Whether the connection can go on after the present request, as far as is known now. */
  boolean keepsAlive() {
    return keepAlive && framing.complete() && !server.draining;
  }

  /** Whether the client understands chunked bodies. */
  boolean speaksChunked() {
    return head.minor() >= 1;
  }

  ByteBuf allocate(int capacity) {
    return channel.alloc().directBuffer(capacity);
  }

  void write(ByteBuf out) {
    if (state == State.CLOSED) {
      out.release();
    } else {
      channel.write(out, channel.voidPromise());
    }
  }

  void flush() {
    channel.flush();
  }

  boolean writable() {
    return channel.isWritable();
  }

  /** The exchange is over and its answer flushed. */
  void exchangeOver(boolean goesOn) {
    exchange = null;
    body.release();
    keepAlive &= goesOn;
    if (state == State.CLOSED) {
      return;
    }
    if (!keepsAlive()) {
      finish(head.begun() && framing.complete() && pipelined.isEmpty());
      return;
    }
    state = State.HEAD;
    head.clear();
    since = server.now();
    if (!consuming) {
      readPending();
    }
  }

  private void readPending() {
    ByteBuf in = pipelined.take();
    if (in == null) {
      return;
    }
    try {
      consume(in);
    } finally {
      in.release();
    }
    pace();
  }

  /**
   * Closes in good order: a client that is still sending gets to read its answer first.
   *
   * @param allRead nothing is known to follow
   */
  private void finish(boolean allRead) {
    if (allRead || channel.pipeline().get(SslHandler.class) != null) {
      state = State.CLOSED;
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    state = State.LINGERING;
    since = server.now();
    channel.config().setAutoRead(true);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(_ -> ((DuplexChannel) channel).shutdownOutput());
  }

  /** Closes at once: nothing more can be said. */
  void cut() {
    state = State.CLOSED;
    channel.close();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    unwritableSince = channel.isWritable() ? 0 : server.now();
    Exchange serving = exchange;
    if (!channel.isWritable()) {
      return;
    }
    if (serving != null) {
      serving.writable();
    } else if (state == State.HEAD && !consuming) {
      readPending();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = State.CLOSED;
    loop.sweep.leave(this);
    Exchange serving = exchange;
    if (serving != null) {
      serving.clientLeft();
    }
    body.release();
    pipelined.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException || cause instanceof DecoderException)) {
      LOG.error("A request failed unexpectedly.", cause);
      Exchange serving = exchange;
      if (serving != null && serving.fail()) {
        return;
      }
    }
    cut();
  }

  @Override
  public void tick(long now) {
    ProxySettings.Timeouts limits = server.settings.timeouts();
    long waited = now - since;
    if (unwritableSince != 0
        && now - unwritableSince > limits.writeStall().toNanos()
        && (state == State.BUSY || state == State.HEAD)) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0); // frees what the kernel holds, too
      cut();
      return;
    }
    switch (state) {
      case HEAD -> tickHead(limits, waited);
      case BODY -> tickBody(limits, waited, now - bodySince);
      case BUSY -> {
        Exchange serving = exchange;
        if (serving != null) {
          serving.tick(now);
        }
      }
      case LINGERING -> {
        if (waited > LINGER_NANOS) {
          cut();
        }
      }
      case CLOSED -> {}
    }
  }

  private void tickHead(ProxySettings.Timeouts limits, long waited) {
    if (head.begun()) {
      if (waited > limits.header().toNanos()) {
        refuse(timedOut("its headers took more than " + limits.header().toSeconds() + " s"));
      }
    } else if (waited > limits.idle().toNanos() || server.draining) {
      cut();
    }
  }

  /** A body may pause, but not trickle: that would hold a place among the requests in flight. */
  private void tickBody(ProxySettings.Timeouts limits, long waited, long lasted) {
    long stall = limits.bodyStall().toNanos();
    if (waited > stall) {
      refuse(timedOut("its body paused for " + limits.bodyStall().toSeconds() + " s"));
    } else if (lasted - stall > body.bytes() * NANOS_PER_BYTE) {
      refuse(timedOut("its body came with less than " + SLOWEST_BODY + " bytes a second"));
    }
  }

  private static Refusal timedOut(String what) {
    return Refusal.badMessage(
        408, "The request did not arrive in time: " + what + "; send it again.");
  }
}
