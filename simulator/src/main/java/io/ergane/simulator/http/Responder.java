package io.ergane.simulator.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;

/** Writes the response to one request. */
final class Responder {
  static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

  private static final HttpHeadersFactory HEADERS =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  /** Lets the peer read what was sent before a reset, which may discard it. */
  private static final long RESET_DELAY_MILLIS = 20;

  private final ChannelHandlerContext ctx;
  private final String engine;
  private final boolean keepAlive;
  private final boolean chunked;

  Responder(ChannelHandlerContext ctx, String engine, HttpRequest request) {
    this.ctx = ctx;
    this.engine = engine;
    this.chunked = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    this.keepAlive = chunked && HttpUtil.isKeepAlive(request);
  }

  ChannelHandlerContext context() {
    return ctx;
  }

  void reply(Reply reply, int retryAfterSeconds) {
    ByteBuf body = Unpooled.wrappedBuffer(reply.body());
    HttpHeaders headers = headers(reply.contentType());
    headers.set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
    if (retryAfterSeconds >= 0) {
      headers.set(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
    }
    full(HttpResponseStatus.valueOf(reply.status()), body, headers);
  }

  /** Writes a JSON body and releases it. */
  void json(ByteBuf body) {
    HttpHeaders headers = headers(HttpHeaderValues.APPLICATION_JSON);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    full(HttpResponseStatus.OK, body, headers);
  }

  /** Writes headers that promise the whole JSON body, and half of it. */
  void halfOf(ByteBuf body) {
    HttpHeaders headers = headers(HttpHeaderValues.APPLICATION_JSON);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    var _ =
        ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
    body.writerIndex(body.readerIndex() + body.readableBytes() / 2);
    var _ = ctx.writeAndFlush(body);
  }

  /** Writes, without flushing, the headers of a body whose length is not known. */
  void head(CharSequence contentType) {
    HttpHeaders headers = headers(contentType);
    if (chunked) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    var _ =
        ctx.write(
            new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers),
            ctx.voidPromise());
  }

  /** Writes a part of the body after {@link #head}, and flushes. */
  void part(ByteBuf body) {
    var _ = ctx.writeAndFlush(body, ctx.voidPromise());
  }

  /** Writes the last part of the body after {@link #head}. */
  void lastPart(ByteBuf body) {
    var _ = ctx.write(body, ctx.voidPromise());
    closeUnlessKept(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  /** Writes bytes that are not HTTP and closes. */
  void garbage() {
    ByteBuf bytes = ByteBufUtil.writeAscii(ctx.alloc(), "\u0001\u0002 not HTTP at all\r\n\r\n");
    var _ =
        ctx.pipeline()
            .context(HttpServerCodec.class)
            .writeAndFlush(bytes)
            .addListener(ChannelFutureListener.CLOSE);
  }

  void resetNow() {
    EngineProcess.reset(ctx.channel());
  }

  /** Flushes, and resets the connection shortly after. */
  void resetSoon() {
    ctx.flush();
    var _ = ctx.executor().schedule(this::resetNow, RESET_DELAY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void full(HttpResponseStatus status, ByteBuf body, HttpHeaders headers) {
    closeUnlessKept(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, body, headers, HEADERS.newHeaders()));
  }

  private void closeUnlessKept(Object message) {
    if (keepAlive) {
      var _ = ctx.writeAndFlush(message, ctx.voidPromise());
    } else {
      var _ = ctx.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private HttpHeaders headers(CharSequence contentType) {
    HttpHeaders headers = HEADERS.newHeaders();
    headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    headers.set("x-engine", engine);
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return headers;
  }
}
