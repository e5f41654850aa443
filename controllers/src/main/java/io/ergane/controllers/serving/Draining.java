package io.ergane.controllers.serving;

import io.ergane.controllers.serving.EngineLoads.Reading;
import io.ergane.controllers.serving.Seen.Placed;
import io.ergane.controllers.serving.plan.ObservedPod;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.EndpointTable;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says of pods that are to go whether requests can still reach them and how many they have.
 * Requests are counted only some time after the last data plane has stopped choosing the pod: one
 * that was chosen just before is on its way.
 */
final class Draining implements AutoCloseable {
  /** Between the last choice of a pod and the counting of its requests. */
  private static final Duration ON_THE_WAY = Duration.ofMillis(500);

  private static final int MOST_REMEMBERED = 10_000;

  private final DataPlanes dataPlanes;
  private final EngineLoads loads = new EngineLoads();
  private final Map<String, Long> outSince = new ConcurrentHashMap<>();

  Draining(DataPlanes dataPlanes) {
    this.dataPlanes = dataPlanes;
  }

  boolean possible() {
    return dataPlanes.canDrain();
  }

  /** The pod with what is known of its way out. */
  ObservedPod complete(Seen<Placed> seen) {
    ObservedPod pod = seen.value().pod();
    if (pod.drainingSince() == null || pod.terminating()) {
      outSince.remove(pod.uid());
      return pod;
    }
    Compilation compilation = dataPlanes.decidedBy();
    if (!outSince.containsKey(pod.uid())) {
      if (routed(compilation, seen) || !dataPlanes.acknowledged()) {
        return pod;
      }
      if (outSince.size() < MOST_REMEMBERED) {
        outSince.put(pod.uid(), System.nanoTime());
      }
    }
    return counted(seen, compilation);
  }

  private ObservedPod counted(Seen<Placed> seen, Compilation compilation) {
    ObservedPod pod = seen.value().pod();
    EngineAddress engine =
        EngineAddress.of(compilation, seen.name().namespace(), seen.labels(), seen.value().ip());
    if (engine == null) {
      return with(pod, OptionalInt.empty());
    }
    long counts = outSince.getOrDefault(pod.uid(), 0L) + ON_THE_WAY.toNanos();
    if (System.nanoTime() - counts < 0) {
      return pod;
    }
    Reading reading = loads.of(pod.uid(), engine);
    return reading.pending() ? pod : with(pod, reading.requests());
  }

  private static boolean routed(Compilation compilation, Seen<Placed> seen) {
    for (EndpointTable table : compilation.endpoints().values()) {
      boolean ours = table.pool().namespace().equals(seen.name().namespace());
      if (ours && table.rows().stream().anyMatch(row -> row.pod().equals(seen.name()))) {
        return true;
      }
    }
    return false;
  }

  private static ObservedPod with(ObservedPod pod, OptionalInt requests) {
    return new ObservedPod(
        pod.name(),
        pod.uid(),
        pod.ownerUid(),
        pod.labels(),
        pod.annotations(),
        pod.phase(),
        pod.ready(),
        pod.restarts(),
        pod.terminating(),
        pod.startedAt(),
        pod.trouble(),
        pod.drainingSince(),
        requests,
        true);
  }

  @Override
  public void close() {
    loads.close();
  }
}
