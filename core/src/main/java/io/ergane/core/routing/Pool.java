package io.ergane.core.routing;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A ModelServer, compiled: a set of pods that serve one model on one port.
 *
 * @param model name that the engines know the model by; null keeps the client's
 * @param selector labels that a pod of the pool carries, all of them
 * @param port 1 to 65535
 * @param unsupported a field of the ModelServer that this build cannot honour; its requests are
 *     refused
 */
public record Pool(
    ObjectName name,
    @Nullable String model,
    InferenceEngine engine,
    SortedMap<String, String> selector,
    int port,
    boolean tls,
    TrafficPolicy traffic,
    @Nullable String unsupported) {

  public Pool {
    selector = Collections.unmodifiableSortedMap(new TreeMap<>(selector));
  }

  /** The name that the engine must know for a request: adapters keep theirs. */
  public String upstreamModel(String requested, boolean adapter) {
    return adapter || model == null ? requested : model;
  }
}
