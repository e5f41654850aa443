package io.ergane.benchmarks.xds;

import io.ergane.proto.resource.TypeUrl;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures, for each server in turn and in rounds, with 100 raw nodes on connections of their own:
 * the time from a change of one endpoint of 10,000 until the last node has it, the time of the
 * first synchronization of all nodes by a server that just started, and the server's memory and
 * CPU.
 */
public final class XdsFanout {
  private static final List<String> SYSTEMS = List.of("ergane", "java-control-plane");
  private static final int NODES = 100;
  private static final int LEAST_WARM_UP = 60;
  private static final int CHANGES = 100;
  static final int SYNCS = 5;
  private static final long PAUSE_MILLIS = 10;
  private static final long WAIT_SECONDS = 60;
  private static final long STOP_SECONDS = 60;

  /** What {@code ./ergane} gives the JVM, for both servers. */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:CompileThresholdScaling=2",
          "-Dio.netty.leakDetection.level=disabled",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Xlog:disable",
          "-Xlog:all=error,aot=off,cds=off:stderr");

  /** For Ergane what {@code deploy/control-plane.yaml} says, with the memory of its container. */
  private static final Map<String, List<String>> OWN_JVM =
      Map.of(
          "ergane",
          List.of("-XX:MaxRAM=768m", "-XX:TieredStopAtLevel=1", "-XX:NewSize=32m"),
          "java-control-plane",
          List.of("-Xmx1g", "-XX:NewSize=32m"));

  /** A shape of the configuration and the form in which nodes ask for it. */
  private record Case(String name, Fleet fleet, boolean delta, double must, double stretch) {}

  private static final List<Case> CASES =
      List.of(
          new Case("1 x 10,000, state of the world", new Fleet(1, 10_000), false, 30, 15),
          new Case("1 x 10,000, delta", new Fleet(1, 10_000), true, 30, 15),
          new Case("1,000 x 10, delta", new Fleet(1000, 10), true, 4, 2.5),
          new Case("1,000 x 10, state of the world", new Fleet(1000, 10), false, 0, 0));

  /** Results of one server process; times in milliseconds. */
  private record Sample(
      double coldSync,
      List<Double> warmSyncs,
      List<Double> changes,
      List<Double> envoy,
      double residentMb,
      double cpuPerChange,
      long bytes) {}

  /**
   * How much is done.
   *
   * @param warmUpNanos of changes that are not counted, for each server
   * @param envoy a real one takes part; null for none
   */
  private record Effort(long warmUpNanos, @Nullable Path envoy) {}

  private XdsFanout() {}

  /**
   * Flags: {@code --rounds N}, {@code --cases N,N}, {@code --systems A,B}, {@code --warm-up
   * SECONDS}, {@code --envoy PATH}, {@code --out FOLDER}.
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> flags = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      flags.put(args[i], args[i + 1]);
    }
    int rounds = Integer.parseInt(flags.getOrDefault("--rounds", "3"));
    List<String> systems =
        List.of(flags.getOrDefault("--systems", String.join(",", SYSTEMS)).split(","));
    List<Case> cases = new ArrayList<>();
    for (String number : flags.getOrDefault("--cases", "1,2,3,4").split(",")) {
      cases.add(CASES.get(Integer.parseInt(number) - 1));
    }
    Effort effort = effort(flags);
    for (String system : systems) {
      train(system);
    }
    for (Case each : cases) { // The first server of a form meets nodes whose code is cold.
      measure(systems.getLast(), each, new Effort(0, effort.envoy()));
    }
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Case each : cases) {
        for (String system : round % 2 == 0 ? systems : systems.reversed()) {
          Sample sample = measure(system, each, effort);
          samples.computeIfAbsent(each.name() + "|" + system, _ -> new ArrayList<>()).add(sample);
          System.err.printf(
              Locale.ROOT,
              "%-32s %-20s change p50 %.2f p95 %.2f ms, Envoy %.2f ms, sync cold %.0f warm %.0f ms, %.0f MB, cpu %.2f ms, %d bytes%n",
              each.name(),
              system,
              quantile(sample.changes(), 0.5),
              quantile(sample.changes(), 0.95),
              quantile(sample.envoy(), 0.5),
              sample.coldSync(),
              quantile(sample.warmSyncs(), 0.5),
              sample.residentMb(),
              sample.cpuPerChange(),
              sample.bytes());
        }
      }
    }
    String report =
        FanoutReport.markdown(
            cases.stream()
                .map(each -> new FanoutReport.Aim(each.name(), each.must(), each.stretch()))
                .toList(),
            systems,
            rows(samples),
            rounds,
            "./dev bench xds " + String.join(" ", args));
    System.out.println(report);
    String folder = flags.get("--out");
    if (folder != null) {
      Files.writeString(Path.of(folder, "xds.md"), report);
      Files.writeString(
          Path.of(folder, "xds.json"), FanoutReport.json(rows(samples), rounds, Instant.now()));
    }
    System.exit(0);
  }

  private static Effort effort(Map<String, String> flags) {
    double seconds = Double.parseDouble(flags.getOrDefault("--warm-up", "10"));
    String envoy = flags.getOrDefault("--envoy", System.getenv("ENVOY_BIN"));
    return new Effort((long) (seconds * 1e9), envoy == null ? null : Path.of(envoy));
  }

  private static Map<String, FanoutReport.Row> rows(Map<String, List<Sample>> samples) {
    Map<String, FanoutReport.Row> rows = new LinkedHashMap<>();
    samples.forEach((key, list) ->
        rows.put(
            key,
            new FanoutReport.Row(
                list.stream().map(each -> quantile(each.changes(), 0.5)).toList(),
                list.stream().map(each -> quantile(each.changes(), 0.95)).toList(),
                list.stream().map(each -> quantile(each.envoy(), 0.5)).toList(),
                list.stream().map(Sample::coldSync).toList(),
                list.stream().map(each -> quantile(each.warmSyncs(), 0.5)).toList(),
                list.stream().map(Sample::residentMb).toList(),
                list.stream().map(Sample::cpuPerChange).toList())));
    return rows;
  }

  static double quantile(List<Double> values, double q) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.round(q * (sorted.size() - 1))));
  }

  private static Path cache(String system) {
    return Path.of(System.getProperty("java.io.tmpdir"), "xds-fanout-" + system + ".aot");
  }

  /**
   * Makes the start-up cache, as {@code ./ergane} does for itself, of a run that is not counted.
   */
  private static void train(String system) throws Exception {
    Case small = new Case("training", new Fleet(100, 10), true, 0, 0);
    Files.deleteIfExists(cache(system));
    measure(system, small, new Effort(0, null), "-XX:AOTCacheOutput=" + cache(system));
  }

  private static Sample measure(String system, Case shape, Effort effort) throws Exception {
    return measure(system, shape, effort, "-XX:AOTCache=" + cache(system));
  }

  private static Sample measure(String system, Case shape, Effort effort, String start)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(OWN_JVM.getOrDefault(system, List.of()));
    command.add(start);
    String extra = System.getenv("XDS_SERVER_JVM");
    if (extra != null) {
      command.addAll(List.of(extra.replace("SYSTEM", system).split(" ")));
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            XdsFanoutServer.class.getName(),
            system,
            Integer.toString(shape.fleet().clusters()),
            Integer.toString(shape.fleet().endpoints())));
    Process server =
        new ProcessBuilder(command)
            .redirectError(start.contains("Output") ? Redirect.DISCARD : Redirect.INHERIT)
            .start();
    try {
      return new Run(server, shape, effort).measure();
    } finally {
      server.outputWriter().close();
      server.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      server.destroyForcibly();
    }
  }

  /** One server process and its nodes. */
  private static final class Run {
    private final Process server;
    private final Case shape;
    private final Effort effort;
    private final BufferedReader out;
    private final PrintWriter in;
    private final EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<ManagedChannel> channels = new ArrayList<>();
    private volatile CountDownLatch awaited = new CountDownLatch(0);
    private volatile long lastNanos;
    private volatile long bytes;
    private @Nullable EnvoyNode envoy;

    Run(Process server, Case shape, Effort effort) {
      this.server = server;
      this.shape = shape;
      this.effort = effort;
      out =
          new BufferedReader(
              new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
      in = new PrintWriter(server.outputWriter(StandardCharsets.UTF_8), true);
    }

    Sample measure() throws Exception {
      int port = Integer.parseInt(answer("port "));
      Path binary = effort.envoy();
      envoy = binary == null ? null : EnvoyNode.start(binary, port, shape.delta());
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
      List<String> names = shape.fleet().names();
      List<RawNode> nodes = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        String id = "node-" + generation + "-" + i;
        nodes.add(new RawNode(channels.get(i), id, shape.delta(), names, this::received));
      }
      return nodes;
    }

    private Sample measure(List<RawNode> first) throws Exception {
      if (envoy != null) {
        envoy.open();
      }
      double coldSync = sync(first);
      double resident = residentMb();
      if (envoy != null) {
        envoy.awaitQuiet();
      }
      int number = 0;
      for (long since = System.nanoTime();
          number < LEAST_WARM_UP || System.nanoTime() - since < effort.warmUpNanos(); ) {
        change(number++, new ArrayList<>());
      }
      long cpu = cpuTicks();
      List<Double> changes = new ArrayList<>();
      List<Double> answered = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        changes.add(change(number++, answered));
      }
      double cpuPerChange = (cpuTicks() - cpu) * 10.0 / CHANGES;
      resident = Math.max(resident, residentMb());
      List<Double> syncs = warmSyncs(first);
      resident = Math.max(resident, residentMb());
      return new Sample(coldSync, syncs, changes, answered, resident, cpuPerChange, bytes);
    }

    private List<Double> warmSyncs(List<RawNode> connected) throws InterruptedException {
      List<Double> syncs = new ArrayList<>();
      List<RawNode> nodes = connected;
      for (int i = 1; i <= SYNCS; i++) {
        nodes.forEach(RawNode::stop);
        Thread.sleep(500);
        nodes = fresh(i);
        syncs.add(sync(nodes));
      }
      nodes.forEach(RawNode::stop);
      return syncs;
    }

    /** Milliseconds until the last of the nodes has everything. */
    private double sync(List<RawNode> nodes) throws InterruptedException {
      awaited = new CountDownLatch(NODES);
      long began = System.nanoTime();
      nodes.forEach(RawNode::start);
      await();
      return (lastNanos - began) / 1e6;
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
      in.println("change " + number);
      long at = Long.parseLong(answer("at "));
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

    private String answer(String prefix) throws IOException {
      for (@Nullable String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(prefix)) {
          return line.substring(prefix.length());
        }
      }
      throw new IOException("the server ended");
    }

    private double residentMb() throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Integer.parseInt(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
      return Double.NaN;
    }

    /** User and system time in hundredths of a second. */
    private long cpuTicks() throws IOException {
      String stat = Files.readString(Path.of("/proc/" + server.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
  }
}
