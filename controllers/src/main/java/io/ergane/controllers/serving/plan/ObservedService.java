package io.ergane.controllers.serving.plan;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a plan reads of a headless service.
 *
 * @param ownerUid UID of the owner that controls it
 * @param terminating whether it has a deletion timestamp
 */
public record ObservedService(
    String name,
    String uid,
    @Nullable String ownerUid,
    Map<String, String> labels,
    boolean terminating) {

  public ObservedService {
    labels = Map.copyOf(labels);
  }
}
