package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the controller last saw of a ServingGroup and remembers of it when pods are gone.
 *
 * @param roles by role in the order of the template, then by ordinal
 */
@IgnoresUnknownFields
public record ServingGroupStatus(
    @JsonPropertyDescription("Name of the ServingGroup.") @Required String name,
    @JsonPropertyDescription("Creating, Running, Scaling or Deleting.") @Required State state,
    @JsonPropertyDescription("Its role replicas.") @UniqueBy("id") List<RoleReplica> roles) {

  public ServingGroupStatus {
    roles = List.copyOf(roles);
  }

  /** What a ServingGroup is doing. */
  public enum State implements Coded {
    CREATING("Creating"),
    RUNNING("Running"),
    /** A role has more or fewer replicas than it should. */
    SCALING("Scaling"),
    DELETING("Deleting");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /** What a role replica is doing. */
  public enum ReplicaState implements Coded {
    /** Some of its pods do not exist yet. */
    CREATING("Creating"),
    /** All of its pods exist, not all are ready. */
    STARTING("Starting"),
    RUNNING("Running"),
    DELETING("Deleting");

    private final String text;

    ReplicaState(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /**
   * One role replica.
   *
   * @param id such as {@code prefill-0}
   * @param restarts of its containers when it last ran, which count as overcome
   * @param failures in a row
   * @param failedAt when its pods were last deleted for a failure; null: never
   * @param failingSince when its pod was given time to recover by itself; null: none was
   * @param pod that failed last, or is given time
   * @param reason why it failed
   */
  @IgnoresUnknownFields
  public record RoleReplica(
      @JsonPropertyDescription("Name of the role and ordinal of the replica.") @Required String id,
      @JsonPropertyDescription("Creating, Starting, Running or Deleting.") @Required
          ReplicaState state,
      @JsonPropertyDescription("Restarts of containers that are overcome.") int restarts,
      @JsonPropertyDescription("Failures in a row.") int failures,
      @JsonPropertyDescription("When its pods were last deleted for a failure.")
          @Nullable Instant failedAt,
      @JsonPropertyDescription("Since when a failed pod is given time to recover by itself.")
          @Nullable Instant failingSince,
      @JsonPropertyDescription("Pod that failed last.") @Nullable String pod,
      @JsonPropertyDescription("Why it failed.") @Nullable String reason) {}
}
