package io.ergane.core.compile;

import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.RoutingImage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The outcome of a compilation.
 *
 * @param endpoints one table a pool of the image, empty tables included
 * @param diagnostics sorted
 * @param inForce the form of each object that is in effect, by kind and name, e.g. {@code
 *     ModelRoute default/chat}; the next compilation falls back to it for broken objects
 */
public record Compilation(
    RoutingImage image,
    SortedMap<ObjectName, EndpointTable> endpoints,
    List<Diagnostic> diagnostics,
    Map<String, Resource> inForce) {

  /** Before anything was observed. */
  public static final Compilation EMPTY =
      new Compilation(RoutingImage.EMPTY, Collections.emptySortedMap(), List.of(), Map.of());

  public Compilation {
    endpoints = Collections.unmodifiableSortedMap(new TreeMap<>(endpoints));
    diagnostics = diagnostics.stream().sorted().distinct().toList();
    inForce = Map.copyOf(inForce);
  }
}
