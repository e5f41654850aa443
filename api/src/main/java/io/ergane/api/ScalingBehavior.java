package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How fast an autoscaler may change a number of replicas; see {@link AutoscalingDefaults}. */
public record ScalingBehavior(
    @JsonPropertyDescription("Adding replicas.") @Nullable ScaleUp scaleUp,
    @JsonPropertyDescription("Removing replicas.") @Nullable Pace scaleDown) {

  /** How fast replicas are added. */
  public record ScaleUp(
      @JsonPropertyDescription("The usual pace.") @Nullable Pace stablePolicy,
      @JsonPropertyDescription("The pace under a sudden load.") @Nullable Panic panicPolicy) {}

  /**
   * A pace, and how long a wish must last.
   *
   * @param period 0 to 30 minutes
   * @param stabilizationWindow 0 to 30 minutes; null: 0 for adding, 5 minutes for removing
   */
  public record Pace(
      @JsonPropertyDescription("Replicas that may change within the period.") @Default("1") @Min(0)
          int instances,
      @JsonPropertyDescription("The same in percent of the replicas.")
          @Default("100")
          @Min(0)
          @Max(1000)
          int percent,
      @JsonPropertyDescription("Time within which changes are counted.") @Default("15s")
          Duration period,
      @JsonPropertyDescription("Whether the larger of the two bounds counts, or the smaller.")
          @Default("Or")
          Select selectPolicy,
      @JsonPropertyDescription("Time over which the mildest wish counts.")
          @Nullable Duration stabilizationWindow) {}

  /** Which of two bounds counts. */
  public enum Select implements Coded {
    OR("Or"),
    AND("And");

    private final String text;

    Select(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /**
   * The pace under a sudden load.
   *
   * @param period 0 to 30 minutes
   * @param panicModeHold 0 to 30 minutes; 0: there is no panic
   */
  public record Panic(
      @JsonPropertyDescription("Replicas that may be added within the period, in percent.")
          @Default("1000")
          @Min(0)
          @Max(1000)
          int percent,
      @JsonPropertyDescription("Time within which changes are counted.") @Required Duration period,
      @JsonPropertyDescription(
              "Wanted replicas, in percent of those there are, from which on the load is sudden.")
          @Default("200")
          @Min(110)
          @Max(1000)
          int panicThresholdPercent,
      @JsonPropertyDescription("How long it counts as such; 0 turns it off.") @Default("60s")
          Duration panicModeHold) {}
}
