package io.ergane.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.Rule;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.routing.WeightedTarget;
import io.ergane.core.schedule.HealthPolicy;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.DataplaneSettings;
import io.ergane.dataplane.net.EventLoops;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A proxy with one pool {@code default/chat} behind the model {@code m} and the adapter {@code
 * lora}.
 */
final class Fixture implements AutoCloseable {
  static final ObjectName POOL = new ObjectName("default", "chat");
  static final SchedulingProfile ROUND_ROBIN =
      new SchedulingProfile(
          List.of(),
          List.of(new SchedulingProfile.WeightedScorer("random", 0)),
          "round-robin",
          Collections.emptySortedMap());

  static {
    Leaks.watch();
  }

  final Dataplane dataplane;
  final RecordingTelemetry telemetry = new RecordingTelemetry();
  final EventLoopGroup group;
  final ProxyServer proxy;

  static Builder with(ScriptedEngine... engines) {
    int[] ports = new int[engines.length];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = engines[i].port();
    }
    return new Builder(ports);
  }

  static Builder atPorts(int... ports) {
    return new Builder(ports);
  }

  /** What may differ between tests. */
  static final class Builder {
    private final int[] ports;
    private ProxySettings settings =
        ProxySettings.DEFAULT
            .withListener(new ProxySettings.Listener("127.0.0.1", 0, null, null))
            .withSeed(1);
    private TrafficPolicy traffic = TrafficPolicy.DEFAULT;
    private SchedulingProfile profile = ROUND_ROBIN;
    private HealthPolicy health = HealthPolicy.DEFAULT;
    private @Nullable String upstreamModel = "served";
    private @Nullable String unsupported;
    private String host = "127.0.0.1";
    private boolean tls;
    private Machine machine = Machine.open();

    private Builder(int[] ports) {
      this.ports = ports;
    }

    Builder settings(ProxySettings value) {
      settings =
          value
              .withSeed(1)
              .withListener(
                  new ProxySettings.Listener(
                      "127.0.0.1",
                      0,
                      value.listener().tlsCertificate(),
                      value.listener().tlsKey()));
      return this;
    }

    Builder traffic(TrafficPolicy value) {
      traffic = value;
      return this;
    }

    Builder profile(SchedulingProfile value) {
      profile = value;
      return this;
    }

    Builder health(HealthPolicy value) {
      health = value;
      return this;
    }

    Builder upstreamModel(@Nullable String value) {
      upstreamModel = value;
      return this;
    }

    Builder unsupported(String value) {
      unsupported = value;
      return this;
    }

    Builder host(String value) {
      host = value;
      return this;
    }

    Builder machine(Machine value) {
      machine.close();
      machine = value;
      return this;
    }

    Builder tls() {
      tls = true;
      return this;
    }

    Fixture start() {
      return new Fixture(this);
    }
  }

  private Fixture(Builder builder) {
    DataplaneSettings settings =
        new DataplaneSettings(64, Duration.ofSeconds(5), 1 << 12, builder.health);
    dataplane = new Dataplane(settings, System::nanoTime);
    dataplane.apply(compilation(builder));
    group = EventLoops.start(1);
    try {
      proxy = ProxyServer.start(builder.settings, dataplane, telemetry, group, builder.machine);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Compilation compilation(Builder builder) {
    Pool pool =
        new Pool(
            POOL,
            builder.upstreamModel,
            InferenceEngine.VLLM,
            new TreeMap<>(),
            8000,
            builder.tls,
            builder.traffic,
            builder.unsupported);
    Rule rule =
        new Rule(
            "all",
            new TreeMap<>(),
            null,
            null,
            List.of(new WeightedTarget(new Target.Server(POOL), 100)));
    Route route =
        new Route(
            new ObjectName("default", "route"), "m", List.of("lora"), false, List.of(rule), null);
    Rule lost =
        new Rule(
            "lost",
            new TreeMap<>(),
            null,
            null,
            List.of(new WeightedTarget(new Target.Server(new ObjectName("default", "lost")), 1)));
    Route dangling =
        new Route(
            new ObjectName("default", "dangling"), "lost", List.of(), false, List.of(lost), null);
    List<Endpoint> rows = new ArrayList<>();
    for (int i = 0; i < builder.ports.length; i++) {
      ObjectName pod = new ObjectName("default", "pod-" + i);
      rows.add(new Endpoint(pod, builder.host, builder.ports[i], builder.tls));
    }
    TreeMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    tables.put(POOL, new EndpointTable(POOL, rows));
    RoutingImage image =
        new RoutingImage(List.of(route, dangling), List.of(pool), new TreeSet<>(), builder.profile);
    return new Compilation(image, tables, List.of(), java.util.Map.of());
  }

  RawClient client() throws IOException {
    return new RawClient(proxy.port());
  }

  RawClient.Answer ask(String request) throws IOException {
    try (RawClient client = client()) {
      return client.send(request).read();
    }
  }

  RawClient.Answer chat() throws IOException {
    return ask(RawClient.post("/v1/chat/completions", RawClient.chat("m")));
  }

  /** Nothing is in flight, and every request that began has ended. */
  void assertQuiet() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          assertThat(dataplane.board().totalInFlight()).isZero();
          assertThat(proxy.inFlight()).isZero();
          assertThat(proxy.bufferedBytes()).isZero();
          telemetry.assertBalanced();
        });
  }

  @Override
  public void close() {
    assertQuiet();
    proxy.close();
    group.shutdownGracefully(0, 2, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    Leaks.assertNone();
  }
}
