package io.ergane.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.Rule;
import io.ergane.core.routing.StringMatch;
import io.ergane.core.routing.Target;
import io.ergane.core.routing.WeightedTarget;
import io.ergane.dataplane.telemetry.RequestRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the index page shows of the image, and the newest decisions without their columns. */
final class OverviewJson {
  private static final int DECISIONS = 20;
  private static final String GATEWAY_BOUND = "bound to a Gateway: serves no request here";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private OverviewJson() {}

  /**
   * @param requests that were explained, newest first
   */
  static ObjectNode of(Compilation compilation, List<RequestRecord> requests) {
    RoutingImage image = compilation.image();
    ObjectNode node = JSON.objectNode();
    node.put("image", image.hash());
    node.put("models", image.modelNames().size());
    ArrayNode routes = node.putArray("routes");
    image.routes().forEach(route -> routes.add(route(route)));
    ArrayNode pools = node.putArray("pools");
    image.pools().forEach((name, pool) -> pools.add(pool(pool, compilation.endpoints().get(name))));
    ArrayNode decisions = node.putArray("decisions");
    requests.stream().limit(DECISIONS).forEach(record -> decisions.add(DecisionJson.brief(record)));
    return node;
  }

  private static ObjectNode route(Route route) {
    ObjectNode node = JSON.objectNode();
    node.put("name", route.name().toString());
    node.put("model", route.modelName());
    route.adapters().forEach(node.putArray("adapters")::add);
    node.put("note", route.gatewayBound() ? GATEWAY_BOUND : refused(route.unsupported()));
    ArrayNode rules = node.putArray("rules");
    route.rules().forEach(rule -> rules.add(rule(rule)));
    return node;
  }

  private static ObjectNode rule(Rule rule) {
    ObjectNode node = JSON.objectNode();
    node.put("name", rule.name());
    ArrayNode when = node.putArray("when");
    rule.headers().forEach((header, test) -> when.add("header " + header + " " + text(test)));
    if (rule.uri() != null) {
      when.add("path " + text(rule.uri()));
    }
    if (rule.bodyModel() != null) {
      when.add("model is \"" + rule.bodyModel() + "\"");
    }
    ArrayNode targets = node.putArray("targets");
    int total = rule.targets().stream().mapToInt(WeightedTarget::weight).sum();
    for (WeightedTarget weighted : rule.targets()) {
      String field = weighted.target() instanceof Target.Server ? "server" : "provider";
      targets
          .addObject()
          .put(field, weighted.target().name().toString())
          .put("percent", Math.round(100f * weighted.weight() / total));
    }
    return node;
  }

  private static ObjectNode pool(Pool pool, @Nullable EndpointTable table) {
    return JSON.objectNode()
        .put("name", pool.name().toString())
        .put("model", pool.model())
        .put("engine", pool.engine().text())
        .put("endpoints", table == null ? 0 : table.rows().size())
        .put("note", refused(pool.unsupported()));
  }

  private static @Nullable String refused(@Nullable String unsupported) {
    return unsupported == null ? null : "answered 501: " + unsupported + " is not supported";
  }

  private static String text(StringMatch match) {
    return switch (match) {
      case StringMatch.Exact(var text) -> "is \"" + text + "\"";
      case StringMatch.Prefix(var text) -> "starts with \"" + text + "\"";
      case StringMatch.Regex(var pattern) -> "matches /" + pattern.pattern() + "/";
      case StringMatch.Anything() -> "is anything";
    };
  }
}
