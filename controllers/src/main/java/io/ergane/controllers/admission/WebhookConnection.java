package io.ergane.controllers.admission;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of a client: requests one after the other. Confined to its event loop. */
final class WebhookConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookConnection.class);

  private final WebhookSettings settings;
  private final Workload workload;

  /** The request whose body is being received. */
  private @Nullable HttpRequest request;

  private ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int reserved;

  /** Set once an answer was given before the request had ended; the rest is not looked at. */
  private boolean over;

  private @Nullable Future<?> deadline;

  WebhookConnection(WebhookSettings settings, Workload workload) {
    this.settings = settings;
    this.workload = workload;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    expect(context, settings.timeout());
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancelDeadline();
    free();
    over = true;
    context.fireChannelInactive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (over) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      end(context, Reply.text(400, "the request is not HTTP/1.1\n"));
      return;
    }
    if (part instanceof HttpRequest head) {
      begin(context, head);
    }
    if (part instanceof HttpContent content && request != null) {
      take(context, content.content());
    }
    if (part instanceof LastHttpContent && request != null) {
      complete(context, request);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest head) {
    expect(context, settings.timeout());
    request = head;
    String path = path(head);
    boolean health = path.equals("/healthz");
    HttpMethod method = head.method();
    if (!health && !workload.knows(path)) {
      end(context, Reply.text(404, "no webhook on this path\n"));
    } else if (health ? !method.equals(HttpMethod.GET) : !method.equals(HttpMethod.POST)) {
      end(context, Reply.text(405, health ? "only GET is accepted\n" : "only POST is accepted\n"));
    } else if (HttpUtil.getContentLength(head, 0L) > settings.maxBodyBytes()) {
      end(context, tooLarge());
    }
  }

  private void take(ChannelHandlerContext context, ByteBuf content) {
    int bytes = content.readableBytes();
    if (bytes == 0) {
      return;
    }
    if (reserved + bytes > settings.maxBodyBytes()) {
      end(context, tooLarge());
    } else if (!workload.reserve(bytes)) {
      end(context, Reply.text(503, "too many reviews at once; try again in a moment\n"));
    } else {
      reserved += bytes;
      byte[] copy = new byte[bytes];
      content.readBytes(copy);
      body.writeBytes(copy);
    }
  }

  private void complete(ChannelHandlerContext context, HttpRequest head) {
    cancelDeadline();
    request = null;
    if (path(head).equals("/healthz")) {
      send(context, head, Reply.text(200, "ok"));
      return;
    }
    context.channel().config().setAutoRead(false);
    String contentType = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
    byte[] received = body.toByteArray();
    body = new ByteArrayOutputStream();
    workload.review(
        path(head),
        contentType,
        received,
        reply -> context.executor().execute(() -> send(context, head, reply)));
  }

  private void send(ChannelHandlerContext context, HttpRequest head, Reply reply) {
    free();
    boolean stay = HttpUtil.isKeepAlive(head) && !workload.draining();
    write(context, reply, stay);
    if (stay) {
      expect(context, settings.idle());
      context.channel().config().setAutoRead(true);
    } else {
      over = true;
    }
  }

  /** Answers and closes, though the request has not ended. */
  private void end(ChannelHandlerContext context, Reply reply) {
    cancelDeadline();
    free();
    request = null;
    over = true;
    write(context, reply, false);
  }

  private static void write(ChannelHandlerContext context, Reply reply, boolean stay) {
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            Unpooled.wrappedBuffer(bytes));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, reply.contentType());
    HttpUtil.setContentLength(response, bytes.length);
    HttpUtil.setKeepAlive(response, stay);
    var written = context.writeAndFlush(response);
    if (!stay) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void expect(ChannelHandlerContext context, Duration time) {
    cancelDeadline();
    deadline =
        context.executor().schedule(() -> late(context), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void late(ChannelHandlerContext context) {
    if (request == null) {
      var _ = context.close();
    } else {
      end(context, Reply.text(408, "the request did not arrive in time\n"));
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private void free() {
    workload.release(reserved);
    reserved = 0;
    body = new ByteArrayOutputStream();
  }

  private static String path(HttpRequest head) {
    return new QueryStringDecoder(head.uri()).rawPath();
  }

  private Reply tooLarge() {
    return Reply.text(
        413, "a review may have at most " + settings.maxBodyBytes() + " bytes here\n");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("A connection to the webhooks ended: {}", cause.toString());
    var _ = context.close();
  }
}
