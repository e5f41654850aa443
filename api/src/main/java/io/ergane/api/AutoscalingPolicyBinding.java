package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.ergane.api.AutoscalingPolicy.ScalingStatus;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what an AutoscalingPolicy without a target of its own scales. */
@JsonClassDescription("Says what an AutoscalingPolicy without a target of its own scales.")
public record AutoscalingPolicyBinding(ObjectMeta metadata, @Required Spec spec, Status status)
    implements Resource {

  @Override
  public String apiVersion() {
    return WORKLOAD_V1ALPHA1;
  }

  @Override
  public String kind() {
    return "AutoscalingPolicyBinding";
  }

  /** The refusal of a binding whose policy does not exist in its namespace. */
  public Finding policyMissing() {
    return new Finding(
        "spec.PolicyRef",
        Found.invalid(spec.policyRef().name())
            + "AutoscalingPolicy %s/%s %s"
                .formatted(
                    metadata.namespace(),
                    Found.clean(spec.policyRef().name()),
                    Literals.DOES_NOT_EXIST));
  }

  /**
   * A policy and what it scales: exactly one of the four, of which the last two are older spellings
   * of the first two.
   */
  @ValidationRule(
      value =
          "(has(self.homogeneousTarget) ? 1 : 0) + (has(self.heterogeneousTarget) ? 1 : 0)"
              + " + (has(self.scalingConfiguration) ? 1 : 0)"
              + " + (has(self.optimizerConfiguration) ? 1 : 0) == 1",
      message = Literals.ONE_BINDING_TARGET)
  public record Spec(
      @JsonPropertyDescription("The policy, in the binding's namespace.") @Required
          PolicyReference policyRef,
      @JsonPropertyDescription("Scales one ModelServing or role.")
          @Nullable Homogeneous homogeneousTarget,
      @JsonPropertyDescription("Scales ModelServings of different cost that share the load.")
          @Nullable Heterogeneous heterogeneousTarget,
      @JsonPropertyDescription("Older spelling of homogeneousTarget.")
          @Nullable Homogeneous scalingConfiguration,
      @JsonPropertyDescription("Older spelling of heterogeneousTarget.")
          @Nullable Heterogeneous optimizerConfiguration) {

    /** The one target to scale, in either spelling; null if there are several. */
    public @Nullable Homogeneous homogeneous() {
      return homogeneousTarget != null ? homogeneousTarget : scalingConfiguration;
    }

    /** The targets that share the load, in either spelling; null if there is one. */
    public @Nullable Heterogeneous heterogeneous() {
      return heterogeneousTarget != null ? heterogeneousTarget : optimizerConfiguration;
    }
  }

  /** A policy by name. */
  @Atomic
  public record PolicyReference(
      @JsonPropertyDescription("Name of the policy.") @Default("") String name) {}

  /** One target and its bounds. */
  public record Homogeneous(
      @JsonPropertyDescription("What is scaled.") BindingTarget target,
      @JsonPropertyDescription("Fewest replicas.") @Required @Min(0) @Max(1_000_000)
          int minReplicas,
      @JsonPropertyDescription("Most replicas.") @Required @Min(1) @Max(1_000_000)
          int maxReplicas) {}

  /** Several targets of different cost. */
  public record Heterogeneous(
      @JsonPropertyDescription("What is scaled.") @Size(min = 1) List<Param> params,
      @JsonPropertyDescription(
              "How much of a ModelServing is added before the next one, in percent of cost.")
          @Default("200")
          @Min(0)
          int costExpansionRatePercent) {

    public Heterogeneous {
      params = List.copyOf(params);
    }
  }

  /** One of several targets. */
  public record Param(
      @JsonPropertyDescription("What is scaled.") BindingTarget target,
      @JsonPropertyDescription("Cost of a replica.") @Min(0) int cost,
      @JsonPropertyDescription("Fewest replicas.") @Required @Min(0) @Max(1_000_000)
          int minReplicas,
      @JsonPropertyDescription("Most replicas.") @Required @Min(1) @Max(1_000_000)
          int maxReplicas) {}

  /**
   * A ModelServing or one role of it, and where its metrics come from. The fields are those of all
   * versions.
   *
   * @param subTargets one role, in spite of its name; null: the ModelServing as a whole
   * @param subTarget another spelling of the same
   */
  public record BindingTarget(
      @JsonPropertyDescription("The ModelServing.") @Required ObjectReference targetRef,
      @JsonPropertyDescription("One role of the ModelServing; all of it when left out.")
          @Nullable SubTarget subTargets,
      @JsonPropertyDescription("Another spelling of subTargets.") @Nullable SubTarget subTarget,
      @JsonPropertyDescription("Labels of the pods that are asked for metrics.")
          Map<String, String> additionalMatchLabels,
      @JsonPropertyDescription("Endpoint of the pods that has all metrics.")
          @Nullable MetricEndpoint metricEndpoint,
      @JsonPropertyDescription("Where values come from, by name of the metric.")
          Map<String, MetricSource> metricSources) {

    public BindingTarget {
      additionalMatchLabels = Copies.of(additionalMatchLabels);
      metricSources = Copies.of(metricSources);
    }

    /** The role that is scaled, in either spelling; null: the ModelServing as a whole. */
    public @Nullable SubTarget role() {
      return subTargets != null ? subTargets : subTarget;
    }
  }

  /** A part of a ModelServing. */
  public record SubTarget(
      @JsonPropertyDescription("Role.") @Nullable String kind,
      @JsonPropertyDescription("Name of the role.") @Nullable String name) {

    public SubTarget {
      kind = kind == null || kind.isEmpty() ? null : kind;
      name = name == null || name.isEmpty() ? null : name;
    }
  }

  /**
   * An endpoint that every pod serves, in Prometheus' text format.
   *
   * @param labelSelector which of the target's pods; null: all
   */
  public record MetricEndpoint(
      @JsonPropertyDescription("Path of the endpoint.") @Default("/metrics") String uri,
      @JsonPropertyDescription("Port of the endpoint.") @Default("8100") int port,
      @JsonPropertyDescription("Which of the target's pods are asked; all when left out.")
          @Nullable LabelSelector labelSelector) {}

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
      @JsonPropertyDescription("State of each target.") List<ScalingStatus> targets) {

    public static final Status EMPTY = new Status(null, List.of(), List.of());

    public Status {
      conditions = List.copyOf(conditions);
      targets = List.copyOf(targets);
    }
  }
}
