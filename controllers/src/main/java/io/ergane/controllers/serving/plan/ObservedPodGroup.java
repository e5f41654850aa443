package io.ergane.controllers.serving.plan;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a plan reads of a Volcano PodGroup.
 *
 * @param ownerUid UID of the owner that controls it
 * @param spec as a JSON tree
 * @param terminating whether it has a deletion timestamp
 */
public record ObservedPodGroup(
    String name,
    String uid,
    @Nullable String ownerUid,
    Map<String, String> labels,
    Map<String, Object> spec,
    boolean terminating) {

  public ObservedPodGroup {
    labels = Map.copyOf(labels);
  }
}
