package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane makes of a ModelRoute or a ModelServer. It is written, never read back.
 *
 * @param observedGeneration generation of the object that was looked at; null: none yet
 */
@IgnoresUnknownFields
record RoutingStatus(
    @JsonPropertyDescription("Generation of the object that was looked at.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Accepted: the object, as it is, is in effect. Ready: requests are served as it says.")
        @UniqueBy("type")
        List<Condition> conditions) {

  RoutingStatus {
    conditions = List.copyOf(conditions);
  }
}
