package io.ergane.proto.image;

import com.google.re2j.Pattern;
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
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.core.routing.StringMatch;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.routing.WeightedTarget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Compilations with everything that an image can say, drawn at random. */
final class RandomCompilation {
  private static final List<String> TEXTS =
      List.of(
          "", "chat", "Qwen/Qwen3-8B", "a b", "\"quoted\\", "ü-\uD83D\uDE80", "x\ny", "^v1/.*$");

  private final RandomGenerator random;

  private RandomCompilation(RandomGenerator random) {
    this.random = random;
  }

  /**
   * @param size most routes, most pools and most endpoints of a pool
   */
  static Compilation of(RandomGenerator random, int size) {
    return new RandomCompilation(random).compilation(size);
  }

  private Compilation compilation(int size) {
    List<Route> routes = new ArrayList<>();
    upTo(size).forEach(i -> routes.add(route(name("route-" + i))));
    Collections.shuffle(routes, new Random(random.nextLong()));
    List<Pool> pools = new ArrayList<>();
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    for (int i : upTo(size)) {
      Pool pool = pool(name("pool-" + i));
      pools.add(pool);
      tables.put(pool.name(), table(pool.name(), size));
    }
    TreeSet<ObjectName> providers = new TreeSet<>();
    upTo(size).forEach(i -> providers.add(name("provider-" + i)));
    RoutingImage image = new RoutingImage(routes, pools, providers, profile());
    return new Compilation(image, tables, List.of(), Map.of());
  }

  private List<Integer> upTo(int most) {
    List<Integer> numbers = new ArrayList<>();
    int count = most == 0 ? 0 : random.nextInt(most + 1);
    for (int i = 0; i < count; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private ObjectName name(String name) {
    return new ObjectName(random.nextBoolean() ? "default" : "team-a", name);
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private @Nullable String maybe() {
    return random.nextBoolean() ? text() : null;
  }

  private Route route(ObjectName name) {
    List<Rule> rules = new ArrayList<>();
    upTo(3).forEach(i -> rules.add(rule()));
    List<String> adapters = new ArrayList<>();
    upTo(3).forEach(i -> adapters.add(text() + i));
    return new Route(name, maybe(), adapters, random.nextInt(8) == 0, rules, maybe());
  }

  private Rule rule() {
    TreeMap<String, StringMatch> headers = new TreeMap<>();
    upTo(3).forEach(i -> headers.put("x-" + i, match()));
    List<WeightedTarget> targets = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      ObjectName to = name("pool-" + random.nextInt(5));
      Target target = random.nextBoolean() ? new Target.Server(to) : new Target.Provider(to);
      targets.add(new WeightedTarget(target, i == 0 ? 1 : random.nextInt(101)));
    }
    return new Rule(text(), headers, random.nextBoolean() ? match() : null, maybe(), targets);
  }

  private StringMatch match() {
    return switch (random.nextInt(4)) {
      case 0 -> new StringMatch.Exact(text());
      case 1 -> new StringMatch.Prefix(text());
      case 2 -> new StringMatch.Regex(Pattern.compile("^/v1/(chat|" + random.nextInt(9) + ")"));
      default -> new StringMatch.Anything();
    };
  }

  private Pool pool(ObjectName name) {
    TreeMap<String, String> selector = new TreeMap<>();
    upTo(3).forEach(i -> selector.put("app-" + i, text()));
    InferenceEngine[] engines = InferenceEngine.values();
    return new Pool(
        name,
        maybe(),
        engines[random.nextInt(engines.length)],
        selector,
        1 + random.nextInt(65_535),
        random.nextBoolean(),
        new TrafficPolicy(random.nextInt(60_000), 1 + random.nextInt(9), random.nextInt(1_000)),
        maybe());
  }

  private EndpointTable table(ObjectName pool, int size) {
    List<Endpoint> rows = new ArrayList<>();
    for (int i : upTo(size)) {
      String address = random.nextBoolean() ? "10.0.0." + i : "fd00::" + i;
      boolean named = random.nextInt(4) == 0;
      rows.add(
          new Endpoint(
              new ObjectName(pool.namespace(), pool.name() + "-" + i),
              named ? "engine-" + i : address,
              1 + random.nextInt(65_535),
              random.nextBoolean(),
              named && random.nextBoolean() ? address : null));
    }
    return new EndpointTable(pool, rows);
  }

  private SchedulingProfile profile() {
    if (random.nextInt(3) == 0) {
      return SchedulingProfile.DEFAULT;
    }
    TreeMap<String, SortedMap<String, String>> arguments = new TreeMap<>();
    arguments.put("prefix-cache", new TreeMap<>(Map.of("blocksize", text())));
    return new SchedulingProfile(
        List.of("least-request"),
        List.of(new WeightedScorer("prefix-cache", random.nextInt(9))),
        "power-of-two",
        arguments);
  }
}
