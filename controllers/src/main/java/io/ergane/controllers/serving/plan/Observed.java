package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import java.util.List;

/**
 * All that a plan is made from: a ModelServing and the objects that carry its name, as the API
 * server last showed them, with the observer's own writes laid over until they are shown.
 *
 * @param serving with the status that was last written
 * @param pods of the namespace with label {@code modelserving.volcano.sh/name} of that name,
 *     whoever owns them
 * @param services likewise
 * @param revisions ControllerRevisions likewise
 * @param podGroups likewise; empty when there is no such kind
 * @param drains whether pods may be marked and data planes say when they have left routing; if not,
 *     pods are deleted without being drained
 */
public record Observed(
    ModelServing serving,
    List<ObservedPod> pods,
    List<ObservedService> services,
    List<ObservedRevision> revisions,
    List<ObservedPodGroup> podGroups,
    GangSupport gang,
    boolean drains) {

  public Observed {
    pods = List.copyOf(pods);
    services = List.copyOf(services);
    revisions = List.copyOf(revisions);
    podGroups = List.copyOf(podGroups);
  }

  /** The same with another status. */
  public Observed withStatus(ModelServing.Status status) {
    return new Observed(
        serving.withStatus(status), pods, services, revisions, podGroups, gang, drains);
  }
}
