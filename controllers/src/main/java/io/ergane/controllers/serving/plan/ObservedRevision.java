package io.ergane.controllers.serving.plan;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a plan reads of a ControllerRevision.
 *
 * @param ownerUid UID of the owner that controls it
 * @param number {@code .revision}: order of creation, from 1
 * @param data {@code .data} as a JSON tree of maps, lists, text, numbers and booleans: {@code
 *     {"data": [role, …]}}, or the bare list
 */
public record ObservedRevision(
    String name,
    String uid,
    @Nullable String ownerUid,
    Map<String, String> labels,
    long number,
    @Nullable Object data) {

  public ObservedRevision {
    labels = Map.copyOf(labels);
  }
}
