package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scales ModelServings, or roles of one, so that metrics keep near their target values. */
@JsonClassDescription(
    "Scales ModelServings, or roles of one, so that metrics keep near their target values.")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public record AutoscalingPolicy(ObjectMeta metadata, @Required Spec spec, Status status)
    implements Resource {

  @Override
  public String apiVersion() {
    return WORKLOAD_V1ALPHA1;
  }

  @Override
  public String kind() {
    return "AutoscalingPolicy";
  }

  /**
   * Which metrics, how fast, and what is scaled: at most one of the three targets. Without any, the
   * policy is a template that AutoscalingPolicyBindings refer to.
   *
   * @param behavior null: see {@link AutoscalingDefaults}
   */
  public record Spec(
      @JsonPropertyDescription(
              "Distance from the target value, in percent, within which nothing is changed.")
          @Default("10")
          @Min(0)
          @Max(100)
          int tolerancePercent,
      @JsonPropertyDescription("Metrics and the values that they are kept near.")
          List<Metric> metrics,
      @JsonPropertyDescription("How fast the number of replicas may change.")
          @Nullable ScalingBehavior behavior,
      @JsonPropertyDescription("Scales one ModelServing.")
          @Nullable HomogeneousTarget homogeneousTarget,
      @JsonPropertyDescription("Scales ModelServings of different cost that share the load.")
          @Nullable HeterogeneousTarget heterogeneousTarget,
      @JsonPropertyDescription("Scales one or two roles of a ModelServing.")
          @Nullable DisaggregatedTarget disaggregatedTarget) {

    public Spec {
      metrics = List.copyOf(metrics);
    }
  }

  /**
   * A metric and the value it is kept near, for each replica.
   *
   * @param metricName older spelling of {@code name}
   */
  @ValidationRule(
      value = "has(self.name) != has(self.metricName)",
      message = Literals.ONE_METRIC_NAME)
  public record Metric(
      @JsonPropertyDescription("Name of the metric.") @Size(min = 1) @Nullable String name,
      @JsonPropertyDescription("Older spelling of name.") @Size(min = 1)
          @Nullable String metricName,
      @JsonPropertyDescription("Value of the metric, for each replica, that is aimed at.") @Required
          Quantity targetValue) {

    /** The name in either spelling; empty if there is none. */
    public String key() {
      return name != null ? name : metricName != null ? metricName : "";
    }
  }

  /** A ModelServing and where its metrics come from, by name of the metric. */
  public record Target(
      @JsonPropertyDescription("The ModelServing.") @Required ObjectReference targetRef,
      @JsonPropertyDescription("Where values come from, by name of the metric.")
          Map<String, MetricSource> metricSources) {

    public Target {
      metricSources = Copies.of(metricSources);
    }
  }

  /** Scales one ModelServing. */
  public record HomogeneousTarget(
      @JsonPropertyDescription("What is scaled.") Target target,
      @JsonPropertyDescription("Fewest replicas.") @Required @Min(0) @Max(1_000_000)
          int minReplicas,
      @JsonPropertyDescription("Most replicas.") @Required @Min(1) @Max(1_000_000)
          int maxReplicas) {}

  /** Scales ModelServings of different cost that share the load. */
  public record HeterogeneousTarget(
      @JsonPropertyDescription("What is scaled.") @Size(min = 1) List<HeterogeneousParam> params,
      @JsonPropertyDescription(
              "How much of a ModelServing is added before the next one, in percent of cost.")
          @Default("200")
          @Min(0)
          int costExpansionRatePercent) {

    public HeterogeneousTarget {
      params = List.copyOf(params);
    }
  }

  /** One of several ModelServings, and the cost of a replica of it. */
  public record HeterogeneousParam(
      @JsonPropertyDescription("What is scaled.") Target target,
      @JsonPropertyDescription("Cost of a replica.") @Min(0) int cost,
      @JsonPropertyDescription("Fewest replicas.") @Required @Min(0) @Max(1_000_000)
          int minReplicas,
      @JsonPropertyDescription("Most replicas.") @Required @Min(1) @Max(1_000_000)
          int maxReplicas) {}

  /** Scales one or two roles of a ModelServing. */
  @ValidationRule(
      value = "!has(self.ratioConstraint) || size(self.roles) >= 2",
      message = Literals.RATIO_NEEDS_ROLES)
  public record DisaggregatedTarget(
      @JsonPropertyDescription("The ModelServing.") @Required ObjectReference targetRef,
      @JsonPropertyDescription("What is scaled, by name of the role.")
          @Required
          @Size(min = 1, max = 2)
          Map<String, RoleTarget> roles,
      @JsonPropertyDescription("Bounds on the ratio of the replicas of two roles.")
          @Nullable RatioConstraint ratioConstraint) {

    public DisaggregatedTarget {
      roles = Copies.of(roles);
    }
  }

  /**
   * Bounds and metrics of a role.
   *
   * @param metrics empty: those of the policy
   */
  public record RoleTarget(
      @JsonPropertyDescription("Fewest replicas.") @Required @Min(0) @Max(1_000_000)
          int minReplicas,
      @JsonPropertyDescription("Most replicas.") @Required @Min(1) @Max(1_000_000) int maxReplicas,
      @JsonPropertyDescription("Metrics of the role; those of the policy when left out.")
          @Size(min = 1)
          List<Metric> metrics,
      @JsonPropertyDescription("Where values come from, by name of the metric.")
          Map<String, MetricSource> metricSources) {

    public RoleTarget {
      metrics = List.copyOf(metrics);
      metricSources = Copies.of(metricSources);
    }

    /** Whether the number of replicas never changes. */
    public boolean fixed() {
      return maxReplicas > 0 && minReplicas == maxReplicas;
    }
  }

  /** Bounds on the replicas of one role divided by those of another. */
  @ValidationRule(
      value = "self.numeratorRole != self.denominatorRole",
      message = Literals.RATIO_OF_TWO)
  public record RatioConstraint(
      @JsonPropertyDescription("Role whose replicas are divided.") @Required String numeratorRole,
      @JsonPropertyDescription("Role by whose replicas they are divided.") @Required
          String denominatorRole,
      @JsonPropertyDescription("Smallest ratio.") @Required Quantity minRatio,
      @JsonPropertyDescription("Largest ratio.") @Required Quantity maxRatio) {}

  /**
   * What the autoscaler observes.
   *
   * @param observedGeneration generation of the object that was looked at; null: none yet
   */
  @IgnoresUnknownFields
  public record Status(
      @JsonPropertyDescription("Generation of the object that was looked at.")
          @Nullable Long observedGeneration,
      @JsonPropertyDescription("Ready: the policy is in effect. TargetFound: its targets exist.")
          @UniqueBy("type")
          List<Condition> conditions,
      @JsonPropertyDescription("State of the ModelServing.")
          @Nullable ScalingStatus homogeneousStatus,
      @JsonPropertyDescription("State of each ModelServing.")
          List<ScalingStatus> heterogeneousStatus,
      @JsonPropertyDescription("State of the roles.")
          @Nullable DisaggregatedStatus disaggregatedStatus) {

    public static final Status EMPTY = new Status(null, List.of(), null, List.of(), null);

    public Status {
      conditions = List.copyOf(conditions);
      heterogeneousStatus = List.copyOf(heterogeneousStatus);
    }
  }

  /**
   * State of a ModelServing or role.
   *
   * @param mode {@code Stable} or {@code Panic}
   */
  @IgnoresUnknownFields
  public record ScalingStatus(
      @JsonPropertyDescription("Name of the ModelServing or role.") @Nullable String name,
      @JsonPropertyDescription("Replicas that there were.") @Required int currentReplicas,
      @JsonPropertyDescription("Replicas that there should be.") @Required int desiredReplicas,
      @JsonPropertyDescription("Stable or Panic.") @Nullable String mode,
      @JsonPropertyDescription("When the number was last changed.")
          @Nullable Instant lastScaleTime) {}

  /** State of roles that are scaled together. */
  @IgnoresUnknownFields
  public record DisaggregatedStatus(
      @JsonPropertyDescription("State of each role.") @Required List<ScalingStatus> roles,
      @JsonPropertyDescription("Ratio of the roles.") @Nullable RatioStatus ratioStatus,
      @JsonPropertyDescription("Whether the ratio changed the desired numbers.")
          boolean ratioAdjusted) {

    public DisaggregatedStatus {
      roles = List.copyOf(roles);
    }
  }

  /** Ratio of two roles. */
  @IgnoresUnknownFields
  public record RatioStatus(
      @JsonPropertyDescription("Role whose replicas are divided.") @Required String numeratorRole,
      @JsonPropertyDescription("Role by whose replicas they are divided.") @Required
          String denominatorRole,
      @JsonPropertyDescription("The ratio.") @Nullable String currentRatio) {}
}
