package io.ergane.benchmarks.xds;

import io.ergane.proto.resource.TypeUrl;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one server process does for its nodes, from the first synchronization on. */
final class FanoutRun {
  /** Warm synchronizations of a run. */
  static final int SYNCS = 5;

  private static final int NODES = 100;
  private static final int LEAST_WARM_UP = 60;
  private static final int CHANGES = 100;
  private static final long PAUSE_MILLIS = 10;
  static final long WAIT_SECONDS = 30;

  /**
   * Results of one server process; times in milliseconds.
   *
   * @param stranded nodes that, connected again, got nothing for {@value #WAIT_SECONDS} s; no
   *     further synchronization was tried then
   */
  record Sample(
      double coldSync,
      List<Double> warmSyncs,
      List<Double> changes,
      List<Double> envoy,
      double residentMb,
      double cpuPerChange,
      long bytes,
      int stranded) {}

  /**
   * How much is done.
   *
   * @param warmUpNanos of changes that are not counted
   * @param envoy a real one takes part; null for none
   */
  record Effort(long warmUpNanos, @Nullable Path envoy) {}

  private final ServerProcess server;
  private final Fleet fleet;
  private final boolean delta;
  private final Effort effort;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<ManagedChannel> channels = new ArrayList<>();
  private volatile CountDownLatch awaited = new CountDownLatch(0);
  private volatile long lastNanos;
  private volatile long bytes;
  private @Nullable EnvoyNode envoy;

  /**
   * @param delta whether nodes ask in the incremental form
   */
  FanoutRun(ServerProcess server, Fleet fleet, boolean delta, Effort effort) {
    this.server = server;
    this.fleet = fleet;
    this.delta = delta;
    this.effort = effort;
  }

  Sample measure() throws Exception {
    int port = Integer.parseInt(server.answer("port "));
    Path binary = effort.envoy();
    envoy = binary == null ? null : EnvoyNode.start(binary, port, delta);
    try {
      return measure(connect(port));
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
      if (envoy != null) {
        envoy.close();
      }
    }
  }

  private List<RawNode> connect(int port) throws InterruptedException {
    for (int i = 0; i < NODES; i++) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .usePlaintext()
              .directExecutor()
              .eventLoopGroup(loops)
              .channelType(EpollSocketChannel.class)
              .flowControlWindow(16 << 20)
              .maxInboundMessageSize(64 << 20)
              .build();
      channel.getState(true);
      channels.add(channel);
    }
    Thread.sleep(1500);
    return fresh(0);
  }

  /** Nodes that have nothing yet. */
  private List<RawNode> fresh(int generation) {
    List<String> names = fleet.names();
    List<RawNode> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      String id = "node-" + generation + "-" + i;
      nodes.add(new RawNode(channels.get(i), id, delta, names, this::received));
    }
    return nodes;
  }

  private Sample measure(List<RawNode> first) throws Exception {
    if (envoy != null) {
      envoy.open();
    }
    double coldSync = sync(first);
    if (Double.isNaN(coldSync)) {
      throw new IllegalStateException(awaited.getCount() + " nodes got nothing");
    }
    double resident = server.residentMb();
    if (envoy != null) {
      envoy.awaitQuiet();
    }
    int number = 0;
    for (long since = System.nanoTime();
        number < LEAST_WARM_UP || System.nanoTime() - since < effort.warmUpNanos(); ) {
      change(number++, new ArrayList<>());
    }
    double cpu = server.cpuMillis();
    List<Double> changes = new ArrayList<>();
    List<Double> answered = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      changes.add(change(number++, answered));
    }
    double cpuPerChange = (server.cpuMillis() - cpu) / CHANGES;
    resident = Math.max(resident, server.residentMb());
    List<Double> syncs = warmSyncs(first);
    resident = Math.max(resident, server.residentMb());
    int stranded = syncs.size() == SYNCS ? 0 : (int) awaited.getCount();
    return new Sample(coldSync, syncs, changes, answered, resident, cpuPerChange, bytes, stranded);
  }

  private List<Double> warmSyncs(List<RawNode> connected) throws InterruptedException {
    List<Double> syncs = new ArrayList<>();
    List<RawNode> nodes = connected;
    for (int i = 1; i <= SYNCS; i++) {
      nodes.forEach(RawNode::stop);
      Thread.sleep(500);
      nodes = fresh(i);
      double sync = sync(nodes);
      if (Double.isNaN(sync)) {
        break;
      }
      syncs.add(sync);
    }
    nodes.forEach(RawNode::stop);
    return syncs;
  }

  /** Milliseconds until the last of the nodes has everything; NaN when one gets nothing. */
  private double sync(List<RawNode> nodes) throws InterruptedException {
    awaited = new CountDownLatch(NODES);
    long began = System.nanoTime();
    nodes.forEach(RawNode::start);
    return awaited.await(WAIT_SECONDS, TimeUnit.SECONDS) ? (lastNanos - began) / 1e6 : Double.NaN;
  }

  private void received(RawNode.Response response) {
    if (response.typeUrl().equals(TypeUrl.ENDPOINT)) {
      lastNanos = response.atNanos();
      bytes = response.bytes();
      awaited.countDown();
    }
  }

  /**
   * @param answered gets the time until Envoy's answer
   */
  private double change(int number, List<Double> answered) throws Exception {
    Thread.sleep(PAUSE_MILLIS);
    long answers = envoy == null ? 0 : envoy.answers();
    awaited = new CountDownLatch(NODES);
    server.say("change " + number);
    long at = Long.parseLong(server.answer("at "));
    await();
    double last = (lastNanos - at) / 1e6;
    if (envoy != null) {
      answered.add((envoy.awaitAnswer(answers) - at) / 1e6);
    }
    return last;
  }

  private void await() throws InterruptedException {
    if (!awaited.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(awaited.getCount() + " nodes got nothing");
    }
  }
}
