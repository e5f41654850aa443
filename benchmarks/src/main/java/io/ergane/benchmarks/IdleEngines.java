package io.ergane.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.nio.charset.StandardCharsets;

/** Answers as idle engines on every address of the machine, for requests that come in one piece. */
final class IdleEngines {

  private IdleEngines() {}

  /** Serves until the process is ended. */
  static void serve(int port, String exposition) throws InterruptedException {
    byte[] metrics = response(exposition);
    byte[] models =
        response("{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}");
    var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    new ServerBootstrap()
        .group(group)
        .channel(EpollServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Engine(metrics, models));
              }
            })
        .bind("0.0.0.0", port)
        .sync()
        .channel()
        .closeFuture()
        .sync();
  }

  private static byte[] response(String body) {
    return "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n\r\n%s"
        .formatted(body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static final class Engine extends SimpleChannelInboundHandler<ByteBuf> {

    private static final int PATH = "GET /".length();

    private final byte[] metrics;
    private final byte[] models;

    Engine(byte[] metrics, byte[] models) {
      this.metrics = metrics;
      this.models = models;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
      boolean wantsMetrics = request.getByte(request.readerIndex() + PATH) == 'm';
      var _ = context.writeAndFlush(Unpooled.wrappedBuffer(wantsMetrics ? metrics : models));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }
}
