package io.ergane.proxy;

import io.ergane.dataplane.decision.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/** Turns a connection away because there are too many. */
@SuppressWarnings("FutureReturnValueIgnored")
final class Overcrowded extends ChannelInboundHandlerAdapter {
  private final ServerState server;

  Overcrowded(ServerState server) {
    this.server = server;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    int limit = server.settings.limits().maxConnections();
    byte[] body = server.errors.body(null, Refusal.overloaded(limit + " connections"));
    String head =
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: %s\r\ncontent-length: %d\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
            .formatted(server.errors.contentType(), body.length);
    ByteBuf out = ctx.alloc().directBuffer(head.length() + body.length);
    out.writeCharSequence(head, StandardCharsets.US_ASCII);
    ctx.writeAndFlush(out.writeBytes(body)).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
