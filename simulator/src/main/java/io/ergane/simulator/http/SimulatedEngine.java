package io.ergane.simulator.http;

import io.ergane.core.routing.HostPort;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * An inference engine that answers over HTTP without a model: one address, one event loop. Any
 * thread may call its methods, apart from {@link #close} and {@link #restart} on an event loop of
 * its group.
 */
public final class SimulatedEngine implements AutoCloseable {
  private static final int MAX_HEADER_BYTES = 64 << 10;

  private final EngineSettings settings;
  private final EventLoopGroup group;
  private final EventLoop loop;
  private InetSocketAddress address;
  private volatile EngineProcess process;
  private @Nullable Channel listener;

  private SimulatedEngine(EngineSettings settings, EventLoopGroup group) {
    this.settings = settings;
    this.group = group;
    this.loop = group.next();
    this.address = new InetSocketAddress(settings.host(), settings.port());
    this.process = new EngineProcess(settings, loop);
  }

  /**
   * Starts an engine on one of the group's event loops.
   *
   * @throws ChannelException if the address cannot be bound
   */
  public static SimulatedEngine start(EngineSettings settings, EventLoopGroup group) {
    SimulatedEngine engine = new SimulatedEngine(settings, group);
    engine.listen();
    return engine;
  }

  /** Where it listens, also while it is down. */
  public synchronized InetSocketAddress address() {
    return address;
  }

  /**
   * {@code http://host:port}, an IPv6 address in brackets; where it listens on all addresses, the
   * one that it was told.
   */
  public String url() {
    return url(settings.host(), address());
  }

  static String url(String told, InetSocketAddress at) {
    InetAddress host = at.getAddress();
    String all = told.contains(":") ? "::" : told;
    String name = host.isAnyLocalAddress() ? all : host.getHostAddress();
    return "http://" + HostPort.text(name, at.getPort());
  }

  public String name() {
    return settings.name();
  }

  public EngineSettings settings() {
    return settings;
  }

  /** What it is doing now; after {@link #close}, how it ended. */
  public EngineState state() {
    EngineProcess current = process;
    return onLoop(current::state);
  }

  /** Shows a failure to the requests it concerns, in place of an earlier one. */
  public void faults(Fault fault) {
    EngineProcess current = process;
    onLoop(() -> {
      current.fault(fault);
      return true;
    });
  }

  public void clearFaults() {
    faults(Fault.NONE);
  }

  /** Dies: stops listening and resets every connection. Does nothing when down. */
  @Override
  public synchronized void close() {
    Channel open = listener;
    if (open == null) {
      return;
    }
    listener = null;
    var _ = open.close().syncUninterruptibly();
    EngineProcess current = process;
    onLoop(() -> {
      current.kill();
      return true;
    });
  }

  /**
   * Starts again on the same address as a new process: empty cache, adapters as at first, no
   * faults.
   */
  public synchronized void restart() {
    close();
    process = new EngineProcess(settings, loop);
    listen();
  }

  private synchronized void listen() {
    EngineProcess current = process;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop, loop)
            .channel(EngineThreads.channelType(group))
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Pipeline(current));
    ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new ChannelException(binding.cause().getMessage(), binding.cause());
    }
    Channel bound = binding.channel();
    listener = bound;
    address = (InetSocketAddress) bound.localAddress();
  }

  private <T> T onLoop(Callable<T> work) {
    try {
      return loop.inEventLoop() ? work.call() : loop.submit(work).get();
    } catch (Exception e) {
      throw new IllegalStateException("engine " + name() + " does not answer", e);
    }
  }

  private static final class Pipeline extends ChannelInitializer<SocketChannel> {
    private final EngineProcess process;

    Pipeline(EngineProcess process) {
      this.process = process;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      HttpDecoderConfig config =
          new HttpDecoderConfig()
              .setMaxInitialLineLength(MAX_HEADER_BYTES)
              .setMaxHeaderSize(MAX_HEADER_BYTES)
              .setValidateHeaders(false);
      channel
          .pipeline()
          .addLast(new HttpServerCodec(config))
          .addLast(new HttpObjectAggregator(CallReader.MAX_BODY_BYTES))
          .addLast(new EngineHandler(process));
    }
  }
}
