package io.ergane.xds.rollout;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
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
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What a rollout is given, and rules that refuse it. */
final class Compilations {
  private Compilations() {}

  /** A pool, with one engine at the port, and a route of each name. */
  static Compilation of(int port, String... names) {
    List<Route> routes = new ArrayList<>();
    List<Pool> pools = new ArrayList<>();
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    for (String text : names) {
      ObjectName name = name(text);
      WeightedTarget target = new WeightedTarget(new Target.Server(name), 1);
      Rule rule = new Rule("", new TreeMap<>(), null, null, List.of(target));
      routes.add(new Route(name, text, List.of(), false, List.of(rule), null));
      pools.add(
          new Pool(
              name,
              null,
              InferenceEngine.VLLM,
              new TreeMap<>(Map.of("app", text)),
              8000,
              false,
              TrafficPolicy.DEFAULT,
              null));
      tables.put(name, table(text, port));
    }
    RoutingImage image =
        new RoutingImage(routes, pools, new TreeSet<>(), SchedulingProfile.DEFAULT);
    return new Compilation(image, tables, List.of(), Map.of());
  }

  static ObjectName name(String pool) {
    return new ObjectName("default", pool);
  }

  /** A pool's engines, one at each port. */
  static EndpointTable table(String pool, int... ports) {
    List<Endpoint> rows = new ArrayList<>();
    for (int port : ports) {
      rows.add(new Endpoint(name(pool + "-" + port), "10.0.0.1", port, false));
    }
    return new EndpointTable(name(pool), rows);
  }

  /** The same image with other engines in a pool. */
  static Compilation with(Compilation compilation, EndpointTable table) {
    SortedMap<ObjectName, EndpointTable> tables = new TreeMap<>(compilation.endpoints());
    tables.put(table.pool(), table);
    return new Compilation(
        compilation.image(), tables, compilation.diagnostics(), compilation.inForce());
  }

  /** Rules that no configuration with a pool of this name keeps. */
  static Function<ResourceSet, List<Diagnostic>> refusing(String pool) {
    Diagnostic breach =
        new Diagnostic(Diagnostic.Severity.ERROR, "envoy-rule", "Envoy x", "", pool);
    return resources ->
        resources.ofType(TypeUrl.CLUSTER).containsKey("pool/default/" + pool)
            ? List.of(breach)
            : List.of();
  }
}
