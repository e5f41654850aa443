package io.ergane.core.routing;

import io.ergane.api.ObjectName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ModelRoute, compiled.
 *
 * @param modelName null for a route that serves adapters only
 * @param adapters LoRA names that this route serves
 * @param gatewayBound the route names parent Gateways and therefore serves no request that came
 *     without one
 * @param unsupported a field of the route that this build cannot honour; its requests are refused
 */
public record Route(
    ObjectName name,
    @Nullable String modelName,
    List<String> adapters,
    boolean gatewayBound,
    List<Rule> rules,
    @Nullable String unsupported) {

  public Route {
    adapters = List.copyOf(adapters);
    rules = List.copyOf(rules);
  }
}
