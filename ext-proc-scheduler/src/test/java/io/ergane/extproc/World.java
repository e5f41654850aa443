package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A data plane with two pools of three endpoints: {@code default/chat} behind the model {@code m},
 * whose engines know it as {@code served}, and {@code default/plain} behind {@code plain}.
 */
final class World {
  static final ObjectName CHAT = new ObjectName("default", "chat");
  static final ObjectName PLAIN = new ObjectName("default", "plain");
  static final ExtProcSettings SETTINGS = ExtProcSettings.DEFAULT.withSeed(1);
  private static final SchedulingProfile ROUND_ROBIN =
      new SchedulingProfile(
          List.of(),
          List.of(new SchedulingProfile.WeightedScorer("random", 0)),
          "round-robin",
          Collections.emptySortedMap());

  final Clock clock = new Clock();
  final Dataplane dataplane;
  final RecordingTelemetry telemetry = new RecordingTelemetry();
  final ServerState server;
  final LoopState loop;

  /** Time that tests move. */
  static final class Clock {
    private final AtomicLong nanos = new AtomicLong(1_000_000_000L);

    long now() {
      return nanos.get();
    }

    void pass(Duration time) {
      nanos.addAndGet(time.toNanos());
    }
  }

  World() {
    this(SETTINGS);
  }

  World(ExtProcSettings settings) {
    dataplane =
        new Dataplane(
            new DataplaneSettings(64, Duration.ofSeconds(5), 1 << 12, HealthPolicy.DEFAULT),
            clock::now);
    dataplane.apply(compilation("127.0.0.1", 8000));
    server = new ServerState(settings, dataplane, telemetry, 77);
    loop = new LoopState(server, 1, Runnable::run);
  }

  static Compilation compilation(String host, int firstPort) {
    TreeMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    tables.put(CHAT, table(CHAT, host, firstPort));
    tables.put(PLAIN, table(PLAIN, host, firstPort + 10));
    RoutingImage image =
        new RoutingImage(
            List.of(route("chat", "m", CHAT), route("plain", "plain", PLAIN)),
            List.of(pool(CHAT, "served"), pool(PLAIN, null)),
            new TreeSet<>(),
            ROUND_ROBIN);
    return new Compilation(image, tables, List.of(), Map.of());
  }

  private static EndpointTable table(ObjectName pool, String host, int firstPort) {
    return new EndpointTable(
        pool,
        IntStream.range(0, 3)
            .mapToObj(i -> {
              ObjectName pod = new ObjectName("default", pool.name() + "-" + i);
              return new Endpoint(pod, host, firstPort + i, false);
            })
            .toList());
  }

  private static Pool pool(
      ObjectName name, @org.jspecify.annotations.Nullable String upstreamModel) {
    TrafficPolicy traffic = TrafficPolicy.DEFAULT;
    return new Pool(
        name, upstreamModel, InferenceEngine.VLLM, new TreeMap<>(), 8000, false, traffic, null);
  }

  private static Route route(String name, String model, ObjectName pool) {
    List<WeightedTarget> targets = List.of(new WeightedTarget(new Target.Server(pool), 100));
    Rule rule = new Rule("all", new TreeMap<>(), null, null, targets);
    ObjectName route = new ObjectName("default", name);
    return new Route(route, model, List.of(), false, List.of(rule), null);
  }

  /** Nothing is held, and every request that began has ended. */
  void assertQuiet() {
    assertThat(dataplane.board().totalInFlight()).isZero();
    assertThat(server.counts.inFlight).hasValue(0);
    assertThat(server.counts.bufferedBytes).hasValue(0);
    assertThat(server.open.size()).isZero();
    assertThat(server.turns.taken()).isZero();
    assertThat(server.turns.waiting()).isZero();
    telemetry.assertBalanced();
  }
}
