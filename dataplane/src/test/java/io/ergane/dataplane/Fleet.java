package io.ergane.dataplane;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.schedule.HealthPolicy;
import io.ergane.core.schedule.Mix;
import io.ergane.core.schedule.ScheduleRequest;
import io.ergane.core.schedule.StageTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Pools, endpoints and requests for tests of the data plane. */
public final class Fleet {
  public static final ObjectName POOL = name("pool");
  public static final SchedulingProfile PREFIX_ONLY = profile("prefix-cache");
  public static final ScheduleRequest REQUEST =
      new ScheduleRequest("m", false, ScheduleRequest.Prompt.NONE);

  private final TreeMap<ObjectName, EndpointTable> tables = new TreeMap<>();
  private final List<Pool> pools = new ArrayList<>();
  private SchedulingProfile profile = SchedulingProfile.DEFAULT;

  public static ObjectName name(String name) {
    return new ObjectName("default", name);
  }

  public static Endpoint endpoint(int i) {
    return new Endpoint(
        name("pod-%04d".formatted(i)), "127.0." + i / 256 + "." + i % 256, 8000, false);
  }

  public static Endpoint[] endpoints(int count) {
    return IntStream.range(0, count).mapToObj(Fleet::endpoint).toArray(Endpoint[]::new);
  }

  public static SchedulingProfile profile(String... scorers) {
    return new SchedulingProfile(
        List.of(),
        Arrays.stream(scorers).map(scorer -> new WeightedScorer(scorer, 1)).toList(),
        SchedulingProfile.DEFAULT_PICKER,
        new TreeMap<>());
  }

  public static DataplaneSettings settings(int maxEndpoints, int prefixEntries) {
    return new DataplaneSettings(
        maxEndpoints, Duration.ofSeconds(5), prefixEntries, HealthPolicy.DEFAULT);
  }

  /** A compilation with one pool. */
  public static Compilation of(SchedulingProfile profile, Endpoint... endpoints) {
    return new Fleet().profiled(profile).pool(POOL, endpoints).compilation();
  }

  public static Compilation of(Endpoint... endpoints) {
    return of(SchedulingProfile.DEFAULT, endpoints);
  }

  public Fleet profiled(SchedulingProfile value) {
    profile = value;
    return this;
  }

  public Fleet pool(ObjectName name, Endpoint... endpoints) {
    TrafficPolicy traffic = TrafficPolicy.DEFAULT;
    pools.add(
        new Pool(name, null, InferenceEngine.VLLM, new TreeMap<>(), 8000, false, traffic, null));
    tables.put(name, new EndpointTable(name, List.of(endpoints)));
    return this;
  }

  public Compilation compilation() {
    RoutingImage image = new RoutingImage(List.of(), pools, new TreeSet<>(), profile);
    return new Compilation(image, tables, List.of(), java.util.Map.of());
  }

  /** A request whose prompt's blocks follow from a seed: equal seeds, equal prompts. */
  public static ScheduleRequest request(long seed, int blocks) {
    long[] hashes = new long[blocks];
    long hash = seed;
    for (int i = 0; i < blocks; i++) {
      hash = Mix.mix(hash + 1);
      hashes[i] = hash;
    }
    return new ScheduleRequest(
        "m", false, new ScheduleRequest.Prompt(hashes, blocks, 64, 64 * blocks));
  }

  /** Chooses with room for four fallbacks; fails when nothing is chosen. */
  public static Hold choose(Dataplane dataplane, ScheduleRequest request, long seed) {
    return choose(pool(dataplane), request, seed);
  }

  public static Hold choose(PoolRuntime pool, ScheduleRequest request, long seed) {
    return (Hold) pool.choose(request, 4, Mix.mix(seed), StageTimer.NONE, null);
  }

  public static PoolRuntime pool(Dataplane dataplane) {
    return pool(dataplane, POOL);
  }

  public static PoolRuntime pool(Dataplane dataplane, ObjectName name) {
    PoolRuntime pool = dataplane.state().pool(name);
    if (pool == null) {
      throw new IllegalStateException("no pool " + name);
    }
    return pool;
  }
}
