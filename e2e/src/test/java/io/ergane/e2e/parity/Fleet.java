package io.ergane.e2e.parity;

import io.ergane.e2e.parity.ScriptedEngine.Signals;
import io.ergane.e2e.parity.ScriptedEngine.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The engines of the workload, the manifests that declare them, and what they say phase by phase.
 */
final class Fleet implements AutoCloseable {
  private final Map<String, ScriptedEngine> engines = new LinkedHashMap<>();
  private final SplittableRandom random;

  private Fleet(long seed) {
    random = new SplittableRandom(seed);
  }

  static Fleet start(long seed) throws IOException {
    Fleet fleet = new Fleet(seed);
    fleet.pool("small", "vendor/small", "s", Way.ANSWERS, Way.ANSWERS, Way.ANSWERS, Way.ANSWERS);
    fleet.pool("large", "vendor/large", "l", Way.IS_GONE, Way.ANSWERS, Way.ANSWERS, Way.IS_GONE);
    fleet.add("a-1", "base", Way.ANSWERS, List.of("vendor/base", "adapter-a"));
    fleet.add("a-2", "base", Way.ANSWERS, List.of("vendor/base", "adapter-a", "adapter-b"));
    fleet.add("a-3", "base", Way.ANSWERS, List.of("vendor/base"));
    fleet.pool("busy", "vendor/busy", "b", Way.ANSWERS, Way.ANSWERS);
    fleet.pool("gone", "vendor/gone", "g", Way.IS_GONE, Way.IS_GONE);
    fleet.pool("failing", "vendor/failing", "f", Way.FAILS, Way.ANSWERS, Way.FAILS);
    fleet.pool("broken", "vendor/broken", "k", Way.FAILS, Way.FAILS);
    fleet.pool("full", "vendor/full", "u", Way.IS_FULL, Way.ANSWERS);
    fleet.pool("crowded", "vendor/crowded", "c", Way.IS_FULL, Way.ANSWERS, Way.IS_FULL);
    fleet.pool("pd", "vendor/pd", "p", Way.ANSWERS);
    fleet.next();
    return fleet;
  }

  private void pool(String app, String model, String prefix, Way... ways) throws IOException {
    for (int i = 0; i < ways.length; i++) {
      add(prefix + "-" + (i + 1), app, ways[i], List.of(model));
    }
  }

  private void add(String name, String app, Way way, List<String> models) throws IOException {
    String address = "127.0.6." + (engines.size() + 1);
    engines.put(name, ScriptedEngine.start(name, app, way, address, models));
  }

  ScriptedEngine engine(String name) {
    ScriptedEngine engine = engines.get(name);
    if (engine == null) {
      throw new IllegalArgumentException("no engine " + name);
    }
    return engine;
  }

  List<ScriptedEngine> all() {
    return List.copyOf(engines.values());
  }

  /** Lets every engine say something else. */
  void next() {
    for (ScriptedEngine engine : engines.values()) {
      Signals before = engine.signals();
      int served = random.nextInt(1, 50);
      boolean crowded = engine.app.equals("busy") || random.nextInt(8) == 0;
      engine.say(
          new Signals(
              random.nextInt(8),
              crowded ? random.nextInt(8, 30) : random.nextInt(4),
              random.nextInt(100) / 100.0,
              before.ttftSum() + served * random.nextInt(1, 1000) / 1000.0,
              before.ttftCount() + served,
              before.tpotSum() + served * random.nextInt(1, 1000) / 10_000.0,
              before.tpotCount() + served));
    }
  }

  /** Writes manifests and router configuration. */
  void declare(Path manifests, Path configuration) throws IOException {
    List<String> pods = new ArrayList<>();
    for (ScriptedEngine engine : engines.values()) {
      pods.add(pod(engine));
    }
    Files.createDirectories(manifests);
    Files.writeString(manifests.resolve("pods.yaml"), String.join("---\n", pods));
    Files.writeString(manifests.resolve("models.yaml"), resource("models.yaml"));
    Files.writeString(configuration, resource("router.yaml"));
  }

  private static String resource(String name) throws IOException {
    try (var in = Fleet.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private static String pod(ScriptedEngine engine) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      labels:
        app: %s
      annotations:
        ergane.io/endpoint: %s
    status:
      podIP: 127.0.0.1
    """
        .formatted(engine.name, engine.app, engine.url());
  }

  @Override
  public void close() throws IOException {
    for (ScriptedEngine engine : engines.values()) {
      engine.close();
    }
  }
}
