package io.ergane.core.routing;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a route: conditions, all of which must hold, and weighted targets.
 *
 * @param name may be empty
 * @param headers header name in lower case to the test of its first value; an absent header is
 *     tested as the empty string
 * @param targets 1 to 16; weights are relative to their sum, which is above zero
 */
public record Rule(
    String name,
    SortedMap<String, StringMatch> headers,
    @Nullable StringMatch uri,
    @Nullable String bodyModel,
    List<WeightedTarget> targets) {

  public Rule {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    targets = List.copyOf(targets);
    if (targets.isEmpty() || totalWeight(targets) <= 0) {
      throw new IllegalArgumentException("a rule needs targets with a total weight above zero");
    }
  }

  boolean matches(RouteQuery query) {
    if (bodyModel != null && !bodyModel.equals(query.model())) {
      return false;
    }
    if (uri != null && !uri.matches(query.path())) {
      return false;
    }
    for (Map.Entry<String, StringMatch> header : headers.entrySet()) {
      String value = query.header(header.getKey());
      if (!header.getValue().matches(value == null ? "" : value)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Walks the targets with a uniform draw.
   *
   * @param draw any long, uniformly distributed
   */
  Target pick(long draw) {
    int point = (int) Long.remainderUnsigned(draw, totalWeight(targets));
    for (WeightedTarget target : targets) {
      point -= target.weight();
      if (point < 0) {
        return target.target();
      }
    }
    throw new AssertionError("weights of " + targets + " do not add up");
  }

  private static int totalWeight(List<WeightedTarget> targets) {
    int total = 0;
    for (WeightedTarget target : targets) {
      total += target.weight();
    }
    return total;
  }
}
