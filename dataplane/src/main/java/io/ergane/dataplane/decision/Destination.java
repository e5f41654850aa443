package io.ergane.dataplane.decision;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.RouteMatch;
import io.ergane.core.routing.RouteQuery;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.Target;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.PoolRuntime;
import org.jspecify.annotations.Nullable;

/** Where a request goes: the outcome of routing. */
sealed interface Destination {

  /**
   * To a pool of engines.
   *
   * @param upstreamModel the name that the engines know
   */
  record Engines(RouteMatch match, PoolRuntime pool, String upstreamModel) implements Destination {}

  /**
   * Nowhere.
   *
   * @param match the route that was found, null when there was none
   * @param unsupported the declared feature that this build does not offer, null for another reason
   */
  record Nowhere(@Nullable RouteMatch match, Refusal why, @Nullable String unsupported)
      implements Destination {}

  /**
   * Routes a request.
   *
   * @param draw uniformly distributed; decides among weighted targets
   */
  static Destination of(Dataplane.State state, RouteQuery query, long draw) {
    RoutingImage image = state.image();
    RouteMatch match = image.match(query, draw);
    if (match == null) {
      return new Nowhere(null, Refusal.routeNotFound(query.model(), image.modelNames()), null);
    }
    String unsupported = match.route().unsupported();
    if (unsupported != null) {
      return nowhere(match, "ModelRoute " + match.route().name(), unsupported);
    }
    ObjectName name = match.target().name();
    return switch (match.target()) {
      case Target.Provider _ ->
          image.providers().contains(name)
              ? nowhere(match, "ModelRoute " + match.route().name(), "externalModelProviderName")
              : new Nowhere(match, Refusal.providerMissing(name), null);
      case Target.Server _ -> engines(state, match, query, name);
    };
  }

  private static Destination engines(
      Dataplane.State state, RouteMatch match, RouteQuery query, ObjectName name) {
    PoolRuntime pool = state.pool(name);
    if (pool == null) {
      return new Nowhere(match, Refusal.serverMissing(name), null);
    }
    String unsupported = pool.pool().unsupported();
    if (unsupported != null) {
      return nowhere(match, "ModelServer " + name, unsupported);
    }
    return new Engines(match, pool, pool.pool().upstreamModel(query.model(), match.adapter()));
  }

  private static Nowhere nowhere(RouteMatch match, String object, String field) {
    Refusal why = Refusal.unsupported(object + " declares " + field);
    return new Nowhere(match, why, field.substring(field.lastIndexOf('.') + 1));
  }
}
