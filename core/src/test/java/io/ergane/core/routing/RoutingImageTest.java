package io.ergane.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutingImageTest {
  private static final Target SMALL = server("small");
  private static final Target LARGE = server("large");

  private static Target server(String name) {
    return new Target.Server(new ObjectName("default", name));
  }

  private static Rule rule(SortedMap<String, StringMatch> headers, Target target) {
    return new Rule("", headers, null, null, List.of(new WeightedTarget(target, 100)));
  }

  private static Rule to(Target target) {
    return rule(new TreeMap<>(), target);
  }

  private static Route route(String name, String model, Rule... rules) {
    return new Route(
        new ObjectName("default", name), model, List.of(), false, List.of(rules), null);
  }

  private static RoutingImage image(Route... routes) {
    return new RoutingImage(List.of(routes), List.of(), new TreeSet<>(), SchedulingProfile.DEFAULT);
  }

  private record Query(String model, String path, Map<String, String> headers)
      implements RouteQuery {
    @Override
    public @Nullable String header(String name) {
      return headers.get(name);
    }
  }

  private static Query query(String model) {
    return new Query(model, "/v1/chat/completions", Map.of());
  }

  private static Target target(RoutingImage image, Query query) {
    RouteMatch match = image.match(query, 0);
    assertThat(match).isNotNull();
    return match.target();
  }

  @Test
  void firstMatchingRuleWinsAndAnAbsentHeaderIsTheEmptyString() {
    TreeMap<String, StringMatch> premium = new TreeMap<>();
    premium.put("user-type", new StringMatch.Exact("premium"));
    RoutingImage image = image(route("tiers", "m", rule(premium, LARGE), to(SMALL)));
    assertThat(target(image, new Query("m", "/v1/x", Map.of("user-type", "premium"))))
        .isEqualTo(LARGE);
    assertThat(target(image, new Query("m", "/v1/x", Map.of("user-type", "")))).isEqualTo(SMALL);
    assertThat(target(image, query("m"))).isEqualTo(SMALL);
  }

  @Test
  void anExactMatchOfTheEmptyStringMatchesAnAbsentHeader() {
    TreeMap<String, StringMatch> none = new TreeMap<>();
    none.put("x-tenant", new StringMatch.Exact(""));
    RoutingImage image = image(route("r", "m", rule(none, LARGE)));
    assertThat(image.match(query("m"), 0)).isNotNull();
    assertThat(image.match(new Query("m", "/", Map.of("x-tenant", "a")), 0)).isNull();
  }

  @Test
  void regexSearchesUnanchoredAndUriIsThePathWithoutQuery() {
    StringMatch chat = new StringMatch.Regex(Pattern.compile("chat"));
    Rule onlyChat =
        new Rule("", new TreeMap<>(), chat, null, List.of(new WeightedTarget(LARGE, 1)));
    RoutingImage image = image(route("r", "m", onlyChat));
    assertThat(image.match(new Query("m", "/v1/chat/completions", Map.of()), 0)).isNotNull();
    assertThat(image.match(new Query("m", "/v1/completions", Map.of()), 0)).isNull();
  }

  @Test
  void theOldestRouteWithAFullMatchWinsAndOthersAreTriedInOrder() {
    TreeMap<String, StringMatch> never = new TreeMap<>();
    never.put("x", new StringMatch.Exact("y"));
    RoutingImage image =
        image(
            route("oldest", "m", rule(never, LARGE)),
            route("older", "m", to(SMALL)),
            route("young", "m", to(LARGE)));
    RouteMatch match = image.match(query("m"), 0);
    assertThat(match).isNotNull();
    assertThat(match.route().name().name()).isEqualTo("older");
  }

  @Test
  void anAdapterNameThatIsAlsoAModelNameIsAModel() {
    Route lora =
        new Route(
            new ObjectName("default", "lora"),
            null,
            List.of("a", "b"),
            false,
            List.of(to(LARGE)),
            null);
    RoutingImage image = image(lora, route("base", "a", to(SMALL)));
    RouteMatch a = image.match(query("a"), 0);
    RouteMatch b = image.match(query("b"), 0);
    assertThat(a).isNotNull();
    assertThat(b).isNotNull();
    assertThat(a.adapter()).isFalse();
    assertThat(a.target()).isEqualTo(SMALL);
    assertThat(b.adapter()).isTrue();
    assertThat(b.target()).isEqualTo(LARGE);
    assertThat(image.modelNames()).containsExactly("a", "b");
  }

  @Test
  void routesBoundToAGatewayServeNoDirectRequest() {
    Route bound =
        new Route(new ObjectName("default", "g"), "m", List.of(), true, List.of(to(LARGE)), null);
    assertThat(image(bound).match(query("m"), 0)).isNull();
    assertThat(target(image(bound, route("free", "m", to(SMALL))), query("m"))).isEqualTo(SMALL);
  }

  @Test
  void bodyModelIsComparedWithTheRequestedName() {
    Rule lora =
        new Rule("", new TreeMap<>(), null, "m-lora", List.of(new WeightedTarget(LARGE, 1)));
    Route route =
        new Route(
            new ObjectName("default", "r"),
            "m",
            List.of("m-lora"),
            false,
            List.of(lora, to(SMALL)),
            null);
    assertThat(target(image(route), query("m-lora"))).isEqualTo(LARGE);
    assertThat(target(image(route), query("m"))).isEqualTo(SMALL);
  }

  @Test
  void weightsAreRelativeAndZeroTakesNothing() {
    Rule split =
        new Rule(
            "",
            new TreeMap<>(),
            null,
            null,
            List.of(
                new WeightedTarget(SMALL, 50),
                new WeightedTarget(server("never"), 0),
                new WeightedTarget(LARGE, 30)));
    RoutingImage image = image(route("canary", "m", split));
    Random random = new Random(7);
    Map<Target, Integer> counts = new HashMap<>();
    for (int i = 0; i < 80_000; i++) {
      RouteMatch match = image.match(query("m"), random.nextLong());
      assertThat(match).isNotNull();
      counts.merge(match.target(), 1, Integer::sum);
    }
    assertThat(counts.get(SMALL)).isBetween(49_000, 51_000);
    assertThat(counts.get(LARGE)).isBetween(29_000, 31_000);
    assertThat(counts).hasSize(2);
  }

  @Test
  void equalContentHasEqualHashAndEveryPartCounts() {
    Pool pool = pool("small", 8000, "a");
    RoutingImage one =
        new RoutingImage(
            List.of(route("r", "m", to(SMALL))),
            List.of(pool, pool("large", 1, "b")),
            new TreeSet<>(),
            SchedulingProfile.DEFAULT);
    RoutingImage same =
        new RoutingImage(
            List.of(route("r", "m", to(SMALL))),
            List.of(pool("large", 1, "b"), pool),
            new TreeSet<>(),
            SchedulingProfile.DEFAULT);
    assertThat(one).isEqualTo(same);
    assertThat(one.hash()).hasSize(16).isEqualTo(same.hash());
    assertThat(image(route("r", "m", to(SMALL))).hash())
        .isNotEqualTo(image(route("r", "m2", to(SMALL))).hash())
        .isNotEqualTo(image(route("r", "m", to(LARGE))).hash())
        .isNotEqualTo(one.hash());
  }

  @Test
  void textOfNamesCannotForgeOtherLines() {
    RoutingImage forged = image(route("r", "m\nroute default/evil", to(SMALL)));
    assertThat(forged.toString().lines()).noneMatch(line -> line.startsWith("route default/evil"));
  }

  private static Pool pool(String name, int port, String model) {
    return new Pool(
        new ObjectName("default", name),
        model,
        InferenceEngine.VLLM,
        new TreeMap<>(Map.of("app", name)),
        port,
        false,
        TrafficPolicy.DEFAULT,
        null);
  }
}
