package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * How near to each other in the network pods are to be placed.
 *
 * @param mode of the oldest manifests, which have one policy, that of groups, in place of the two
 * @param highestTierAllowed likewise
 */
public record NetworkTopology(
    @JsonPropertyDescription("For all pods of a ServingGroup.") @Nullable Policy groupPolicy,
    @JsonPropertyDescription("For the pods of each role replica.") @Nullable Policy rolePolicy,
    @JsonPropertyDescription("Older form of groupPolicy.mode; not used beside groupPolicy.")
        @Nullable Mode mode,
    @JsonPropertyDescription(
            "Older form of groupPolicy.highestTierAllowed; not used beside groupPolicy.")
        @Min(0)
        @Nullable Integer highestTierAllowed) {

  /** Tier of the oldest manifests when they say nothing. */
  private static final int OLD_TIER = 1;

  public NetworkTopology(@Nullable Policy groupPolicy, @Nullable Policy rolePolicy) {
    this(groupPolicy, rolePolicy, null, null);
  }

  /** The policy of ServingGroups, in whichever form it is written. */
  public @Nullable Policy effectiveGroupPolicy() {
    if (groupPolicy != null || (mode == null && highestTierAllowed == null)) {
      return groupPolicy;
    }
    return new Policy(
        mode == null ? Mode.HARD : mode,
        highestTierAllowed == null ? OLD_TIER : highestTierAllowed,
        null);
  }

  /** One policy, in the terms of Volcano's PodGroup. */
  public record Policy(
      @JsonPropertyDescription("Whether pods wait for such a place, or only prefer it.")
          @Default("hard")
          Mode mode,
      @JsonPropertyDescription("Highest tier of the network that pods may span.") @Min(0)
          @Nullable Integer highestTierAllowed,
      @JsonPropertyDescription("The same tier by its name.") @Size(max = 253)
          @Nullable String highestTierName) {}

  /** Whether a policy must be met. */
  public enum Mode implements Coded {
    HARD("hard"),
    SOFT("soft");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }
}
