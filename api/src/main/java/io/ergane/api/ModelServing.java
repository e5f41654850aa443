package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Groups of pods, each of which serves a model on its own with pods in several roles. */
@JsonClassDescription(
    "Groups of pods, each of which serves a model on its own with pods in several roles.")
@AdditionalPrinterColumn(
    name = "Replicas",
    jsonPath = ".status.replicas",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Available",
    jsonPath = ".status.availableReplicas",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Updated",
    jsonPath = ".status.updatedReplicas",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public record ModelServing(ObjectMeta metadata, @Required Spec spec, Status status)
    implements Resource {

  @Override
  public String apiVersion() {
    return WORKLOAD_V1ALPHA1;
  }

  @Override
  public String kind() {
    return "ModelServing";
  }

  /** This object with another status. */
  public ModelServing withStatus(Status newStatus) {
    return new ModelServing(metadata, spec, newStatus);
  }

  /**
   * How many ServingGroups, of which pods, and how they are kept.
   *
   * @param replicas number of ServingGroups
   * @param rolloutStrategy null: by ServingGroup, one at a time
   * @param topologySpreadConstraints of the oldest manifests; without effect
   */
  public record Spec(
      @JsonPropertyDescription("Number of ServingGroups.") @Default("1") int replicas,
      @JsonPropertyDescription(
              "Scheduler of all pods; gangs and network topology need \"volcano\".")
          @Default("volcano")
          String schedulerName,
      @JsonPropertyDescription("Changes to pods before they are created, in order.")
          List<Plugin> plugins,
      @JsonPropertyDescription("What is made anew when a pod fails.") @Default("RoleRecreate")
          RecoveryPolicy recoveryPolicy,
      @JsonPropertyDescription(
              "How a change of the template reaches the pods; one ServingGroup after the other when"
                  + " left out.")
          @Nullable RolloutStrategy rolloutStrategy,
      @JsonPropertyDescription("What each ServingGroup is made of.") @Required Template template,
      @JsonPropertyDescription("Accepted from older manifests, without effect.")
          List<Map<String, Object>> topologySpreadConstraints) {

    public Spec {
      plugins = List.copyOf(plugins);
      topologySpreadConstraints = topologySpreadConstraints.stream().map(JsonTree::copyOf).toList();
    }

    public Spec(
        int replicas,
        String schedulerName,
        List<Plugin> plugins,
        RecoveryPolicy recoveryPolicy,
        @Nullable RolloutStrategy rolloutStrategy,
        Template template) {
      this(replicas, schedulerName, plugins, recoveryPolicy, rolloutStrategy, template, List.of());
    }

    /** The way of rolling out that is in force. */
    public RolloutType rolloutType() {
      return rolloutStrategy == null
          ? RolloutType.SERVING_GROUP_ROLLING_UPDATE
          : rolloutStrategy.type();
    }
  }

  /**
   * A change to pods before they are created.
   *
   * @param config any JSON value in the form of {@link JsonTree}
   * @param scope null: all pods
   */
  public record Plugin(
      @JsonPropertyDescription("Name under which the plugin is registered.") @Required String name,
      @JsonPropertyDescription("Where the plugin comes from.") @Default("BuiltIn") PluginType type,
      @JsonPropertyDescription("Settings of the plugin.") @Nullable Object config,
      @JsonPropertyDescription("Pods that the plugin changes; all when left out.")
          @Nullable PluginScope scope) {

    public Plugin {
      config = JsonTree.copyOf(config);
    }
  }

  /** Where a plugin comes from. */
  public enum PluginType implements Coded {
    BUILT_IN;

    @Override
    public String text() {
      return "BuiltIn";
    }
  }

  /**
   * Which pods a plugin changes.
   *
   * @param roles empty: all roles
   * @param target {@code All}, {@code Entry} or {@code Worker}; null means all, any other text none
   */
  public record PluginScope(
      @JsonPropertyDescription("Names of roles; all when empty.") List<String> roles,
      @JsonPropertyDescription("All, Entry or Worker pods.") @Nullable String target) {

    public PluginScope {
      roles = List.copyOf(roles);
      target = target == null || target.isEmpty() ? null : target;
    }
  }

  /** What is made anew when a pod fails. */
  public enum RecoveryPolicy implements Coded {
    SERVING_GROUP_RECREATE("ServingGroupRecreate"),
    ROLE_RECREATE("RoleRecreate"),
    NONE("None");

    private final String text;

    RecoveryPolicy(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /** How a change of the template reaches the pods. */
  public record RolloutStrategy(
      @JsonPropertyDescription("What is replaced as a whole.") @Default("ServingGroupRollingUpdate")
          RolloutType type,
      @JsonPropertyDescription("Pace and extent of an update by ServingGroup.")
          @Nullable RollingUpdate rollingUpdateConfiguration) {}

  /** What a rollout replaces as a whole. */
  public enum RolloutType implements Coded {
    SERVING_GROUP_ROLLING_UPDATE("ServingGroupRollingUpdate"),
    ROLE_ROLLING_UPDATE("RoleRollingUpdate");

    private final String text;

    RolloutType(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /**
   * Pace and extent of a rollout.
   *
   * @param maxUnavailable ServingGroups; a share is rounded down
   * @param partition ServingGroups that stay as they are, the first in order; a share is rounded up
   * @param maxSurge of older manifests; without effect
   */
  public record RollingUpdate(
      @JsonPropertyDescription(
              "ServingGroups that may be unavailable at a time: a number, or a percentage rounded"
                  + " down.")
          @Default("1")
          IntOrPercent maxUnavailable,
      @JsonPropertyDescription(
              "ServingGroups, from the first on, that keep their revision: a number, or a percentage"
                  + " rounded up.")
          @Nullable IntOrPercent partition,
      @JsonPropertyDescription("Accepted from older manifests, without effect.")
          @Nullable IntOrPercent maxSurge) {

    public RollingUpdate(IntOrPercent maxUnavailable, @Nullable IntOrPercent partition) {
      this(maxUnavailable, partition, null);
    }
  }

  /** What each ServingGroup is made of. */
  @ValidationRule(
      value = "!has(oldSelf.gangPolicy) || has(self.gangPolicy)",
      message = "gangPolicy is required once set")
  public record Template(
      @JsonPropertyDescription("Seconds that a failed pod gets to recover before it is replaced.")
          @Default("0")
          long restartGracePeriodSeconds,
      @JsonPropertyDescription("Pods that are scheduled together or not at all.")
          @Nullable GangPolicy gangPolicy,
      @JsonPropertyDescription("How near to each other in the network pods are to be placed.")
          @Nullable NetworkTopology networkTopology,
      @JsonPropertyDescription("Roles of pods in a ServingGroup.")
          @Required
          @Size(min = 1, max = 4)
          @ValidationRule(
              value = "self.all(x, self.exists_one(y, y.name == x.name))",
              message = Literals.ROLE_NAMES_UNIQUE)
          List<Role> roles) {

    public Template {
      roles = List.copyOf(roles);
    }
  }

  /**
   * Pods that are scheduled together or not at all.
   *
   * @param minRoleReplicas fewest replicas by role; null: all replicas of all roles
   */
  public record GangPolicy(
      @JsonPropertyDescription(
              "Fewest replicas by role that must be scheduled together. Cannot be changed.")
          @ValidationRule(value = "self == oldSelf", message = "minRoleReplicas is immutable")
          @Nullable Map<String, Integer> minRoleReplicas) {

    public GangPolicy {
      minRoleReplicas = minRoleReplicas == null ? null : Copies.of(minRoleReplicas);
    }
  }

  /**
   * Pods with one task in a ServingGroup. Each replica has one entry pod and a number of workers.
   *
   * @param workerReplicas worker pods of each replica
   * @param maxUnavailable for rollouts by role; a share is rounded down
   * @param partition for rollouts by role: replicas that stay as they are; a share is rounded up
   */
  public record Role(
      @JsonPropertyDescription("Name of the role.")
          @Required
          @Size(max = 12)
          @Pattern("^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$")
          String name,
      @JsonPropertyDescription("Replicas of the role in each ServingGroup.") @Default("1")
          int replicas,
      @JsonPropertyDescription("Template of the entry pod of each replica.") @Required
          PodTemplate entryTemplate,
      @JsonPropertyDescription("Worker pods of each replica.") @Required int workerReplicas,
      @JsonPropertyDescription("Template of worker pods.") @Nullable PodTemplate workerTemplate,
      @JsonPropertyDescription(
              "Replicas that may be unavailable at a time in an update by role: a number, or a"
                  + " percentage rounded down.")
          @Default("1")
          IntOrPercent maxUnavailable,
      @JsonPropertyDescription(
              "Replicas, from the first on, that keep their template in an update by role: a number,"
                  + " or a percentage rounded up.")
          @Nullable IntOrPercent partition) {}

  /**
   * What the controller observes, and what it must remember.
   *
   * @param observedGeneration generation of the object that was looked at; null: none yet
   * @param replicas ServingGroups that exist
   * @param currentReplicas of them, those of another revision than the newest
   * @param updatedReplicas of them, those of the newest revision
   * @param availableReplicas of them, those that serve
   * @param currentRevision revision that is being replaced
   * @param updateRevision newest revision
   * @param labelSelector selects one pod of each ServingGroup
   * @param groups by ordinal; what the controller remembers of them
   */
  @IgnoresUnknownFields
  public record Status(
      @JsonPropertyDescription("Generation of the object that was looked at.")
          @Nullable Long observedGeneration,
      @JsonPropertyDescription("ServingGroups that exist.") int replicas,
      @JsonPropertyDescription("ServingGroups of another revision than the newest.")
          int currentReplicas,
      @JsonPropertyDescription("ServingGroups of the newest revision.") int updatedReplicas,
      @JsonPropertyDescription("ServingGroups that serve.") int availableReplicas,
      @JsonPropertyDescription("Revision that is being replaced, or is everywhere.")
          @Nullable String currentRevision,
      @JsonPropertyDescription("Newest revision.") @Nullable String updateRevision,
      @JsonPropertyDescription("Selects one pod of each ServingGroup, for autoscalers.")
          @Nullable String labelSelector,
      @JsonPropertyDescription(
              "Available: all ServingGroups serve. Progressing: some do not. UpdateInProgress: some"
                  + " do not because of an update.")
          List<Condition> conditions,
      @JsonPropertyDescription("Each ServingGroup and its role replicas.") @UniqueBy("name")
          List<ServingGroupStatus> groups) {

    public static final Status EMPTY =
        new Status(null, 0, 0, 0, 0, null, null, null, List.of(), List.of());

    public Status {
      conditions = List.copyOf(conditions);
      groups = List.copyOf(groups);
    }
  }
}
