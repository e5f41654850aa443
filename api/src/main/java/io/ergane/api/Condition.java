package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One aspect of an object's observed state, in the form all Kubernetes kinds share. */
@IgnoresUnknownFields
public record Condition(
    @JsonPropertyDescription("Name of the aspect, in CamelCase.") @Required @Size(max = 316)
        String type,
    @JsonPropertyDescription("Whether it holds.") @Required ConditionStatus status,
    @JsonPropertyDescription("Generation of the object that was looked at.") @Min(0)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("When the status last changed.") @Required Instant lastTransitionTime,
    @JsonPropertyDescription("Why the status last changed, in one CamelCase word.")
        @Required
        @Size(min = 1, max = 1024)
        @Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
        String reason,
    @JsonPropertyDescription("The same for people; may be empty.")
        @Required
        @MayBeEmpty
        @Size(max = 32_768)
        String message) {

  /** Whether a condition holds. */
  public enum ConditionStatus implements Coded {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    ConditionStatus(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }
}
