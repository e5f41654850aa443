package io.ergane.api;

import io.ergane.api.AutoscalingPolicy.DisaggregatedTarget;
import io.ergane.api.AutoscalingPolicy.HeterogeneousTarget;
import io.ergane.api.AutoscalingPolicy.HomogeneousTarget;
import io.ergane.api.AutoscalingPolicy.Metric;
import io.ergane.api.AutoscalingPolicy.RatioConstraint;
import io.ergane.api.AutoscalingPolicy.RoleTarget;
import io.ergane.api.AutoscalingPolicy.Spec;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The admission rules of autoscaling policies. A policy without a target is admitted, since
 * bindings refer to it.
 */
final class AutoscalingAdmission {
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final Spec spec;
  private final Findings findings;

  private AutoscalingAdmission(Spec spec, Findings findings) {
    this.spec = spec;
    this.findings = findings;
  }

  static void check(Spec spec, Findings findings) {
    new AutoscalingAdmission(spec, findings).check();
  }

  private void check() {
    checkMetrics(spec.metrics(), "spec.metrics");
    long targets =
        Stream.of(spec.homogeneousTarget(), spec.heterogeneousTarget(), spec.disaggregatedTarget())
            .filter(Objects::nonNull)
            .count();
    if (targets > 1) {
      findings.add("spec", Literals.ONE_TARGET + ", found " + targets);
    }
    if (spec.disaggregatedTarget() == null && spec.metrics().isEmpty()) {
      findings.add("spec.metrics", "Required value: at least one metric is required");
    }
    checkHomogeneous(spec.homogeneousTarget());
    checkHeterogeneous(spec.heterogeneousTarget());
    checkDisaggregated(spec.disaggregatedTarget());
    checkBehavior(spec.behavior());
  }

  private void checkMetrics(List<Metric> metrics, String field) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < metrics.size(); i++) {
      Metric metric = metrics.get(i);
      String at = field + "[" + i + "]";
      if ((metric.name() == null) == (metric.metricName() == null)) {
        findings.add(at, Literals.ONE_METRIC_NAME);
      }
      if (metric.targetValue().value().signum() <= 0) {
        findings.add(
            at + ".targetValue",
            Found.invalid(metric.targetValue()) + Literals.TARGET_VALUE_POSITIVE);
      }
      if (!names.add(metric.key())) {
        findings.add(at + ".name", Found.invalid(metric.key()) + Literals.METRIC_TWICE);
      }
    }
  }

  private void checkHomogeneous(@Nullable HomogeneousTarget target) {
    if (target == null) {
      return;
    }
    String field = "spec.homogeneousTarget";
    checkReference(target.target().targetRef(), field + ".target.targetRef", findings);
    checkSources(target.target().metricSources(), field + ".target.metricSources", findings);
    checkBounds(target.minReplicas(), target.maxReplicas(), field, findings);
  }

  private void checkHeterogeneous(@Nullable HeterogeneousTarget target) {
    if (target == null) {
      return;
    }
    String field = "spec.heterogeneousTarget.params";
    if (target.params().isEmpty()) {
      findings.add(field, "Required value: at least one is required");
    }
    for (int i = 0; i < target.params().size(); i++) {
      AutoscalingPolicy.HeterogeneousParam param = target.params().get(i);
      String at = field + "[" + i + "]";
      checkReference(param.target().targetRef(), at + ".target.targetRef", findings);
      checkSources(param.target().metricSources(), at + ".target.metricSources", findings);
      checkBounds(param.minReplicas(), param.maxReplicas(), at, findings);
    }
  }

  static void checkReference(ObjectReference reference, String field, Findings findings) {
    checkKind(reference, field, findings);
    if (reference.name() == null) {
      findings.add(field + ".name", "Required value: name the ModelServing to scale");
    }
  }

  static void checkKind(ObjectReference reference, String field, Findings findings) {
    if (reference.kind() != null && !reference.kind().equals("ModelServing")) {
      findings.add(field + ".kind", Found.invalid(reference.kind()) + "must be ModelServing");
    }
  }

  static void checkSources(Map<String, MetricSource> sources, String field, Findings findings) {
    sources.forEach((name, source) -> {
      String at = field + "[" + Found.clean(name) + "]";
      if (source.pod() == null && source.prometheus() == null) {
        findings.add(at, Literals.SOURCE_MISSING);
      } else if (source.pod() != null && source.prometheus() != null) {
        findings.add(at, Literals.SOURCES_TWO);
      }
    });
  }

  static void checkBounds(int least, int most, String field, Findings findings) {
    if (least > most) {
      findings.add(
          field + ".minReplicas",
          Found.invalid(least) + "must not be greater than maxReplicas, which is " + most);
    }
  }

  private void checkDisaggregated(@Nullable DisaggregatedTarget target) {
    if (target == null) {
      return;
    }
    String field = "spec.disaggregatedTarget";
    checkReference(target.targetRef(), field + ".targetRef", findings);
    target
        .roles()
        .forEach(
            (name, role) -> checkRole(name, role, field + ".roles[" + Found.clean(name) + "]"));
    RatioConstraint ratio = target.ratioConstraint();
    if (ratio != null) {
      checkRatio(ratio, target.roles(), field + ".ratioConstraint");
    }
  }

  private void checkRole(String name, RoleTarget role, String field) {
    if (name.isEmpty()) {
      findings.add(field, "Required value: name the role");
    }
    checkBounds(role.minReplicas(), role.maxReplicas(), field, findings);
    checkMetrics(role.metrics(), field + ".metrics");
    List<Metric> metrics = role.metrics().isEmpty() ? spec.metrics() : role.metrics();
    if (!role.fixed() && metrics.isEmpty()) {
      findings.add(
          field + ".metrics", "Required value: neither the role nor the policy has a metric");
    }
    String at = field + ".metricSources";
    if (!role.fixed() && !metrics.isEmpty() && role.metricSources().isEmpty()) {
      findings.add(at, "Required value: say where the values of its metrics come from");
    }
    checkSources(role.metricSources(), at, findings);
    Set<String> known = metrics.stream().map(Metric::key).collect(Collectors.toSet());
    for (String metric : role.metricSources().keySet()) {
      if (!known.contains(metric)) {
        findings.add(
            at + "[" + Found.clean(metric) + "]",
            Found.invalid(metric) + "is not a metric of the role");
      }
    }
  }

  private void checkRatio(RatioConstraint ratio, Map<String, RoleTarget> roles, String field) {
    BigDecimal least = ratio.minRatio().value();
    BigDecimal most = ratio.maxRatio().value();
    if (ratio.numeratorRole().equals(ratio.denominatorRole())) {
      findings.add(field, Literals.RATIO_OF_TWO);
    }
    if (roles.size() < 2) {
      findings.add("spec.disaggregatedTarget", Literals.RATIO_NEEDS_ROLES);
    }
    RoleTarget above = role(ratio.numeratorRole(), roles, field + ".numeratorRole");
    RoleTarget below = role(ratio.denominatorRole(), roles, field + ".denominatorRole");
    if (least.compareTo(most) > 0) {
      findings.add(
          field + ".minRatio",
          Found.invalid(ratio.minRatio()) + "must not be greater than maxRatio");
    }
    if (least.signum() < 0) {
      findings.add(
          field + ".minRatio", Found.invalid(ratio.minRatio()) + "must not be less than 0");
    }
    if (most.signum() <= 0) {
      findings.add(field + ".maxRatio", Found.invalid(ratio.maxRatio()) + "must be greater than 0");
    }
    if (above != null && below != null) {
      checkReach(ratio, above, below, field);
    }
  }

  private @Nullable RoleTarget role(String name, Map<String, RoleTarget> roles, String field) {
    RoleTarget role = roles.get(name);
    if (role == null) {
      findings.add(
          field, Found.invalid(name) + "must be one of " + String.join(", ", roles.keySet()));
    }
    return role;
  }

  /** The bounds of the roles must leave room for a ratio that is allowed. */
  private void checkReach(RatioConstraint ratio, RoleTarget above, RoleTarget below, String field) {
    if ((above.minReplicas() == 0) != (below.minReplicas() == 0)) {
      findings.add(
          field, "minReplicas of both roles must be 0, or of neither: they scale to zero together");
    }
    BigDecimal highest = ratio.maxRatio().value().multiply(BigDecimal.valueOf(below.maxReplicas()));
    if (below.maxReplicas() > 0 && BigDecimal.valueOf(above.minReplicas()).compareTo(highest) > 0) {
      findings.add(
          field + ".maxRatio",
          Found.invalid(ratio.maxRatio())
              + "is out of reach: minReplicas of the numerator over maxReplicas of the denominator"
              + " is greater");
    }
    BigDecimal lowest = ratio.minRatio().value().multiply(BigDecimal.valueOf(below.minReplicas()));
    if (below.minReplicas() > 0 && BigDecimal.valueOf(above.maxReplicas()).compareTo(lowest) < 0) {
      findings.add(
          field + ".minRatio",
          Found.invalid(ratio.minRatio())
              + "is out of reach: maxReplicas of the numerator over minReplicas of the denominator"
              + " is smaller");
    }
  }

  private void checkBehavior(@Nullable ScalingBehavior behavior) {
    if (behavior == null) {
      return;
    }
    checkPace(behavior.scaleDown(), "spec.behavior.scaleDown");
    ScalingBehavior.ScaleUp up = behavior.scaleUp();
    if (up == null) {
      return;
    }
    checkPace(up.stablePolicy(), "spec.behavior.scaleUp.stablePolicy");
    ScalingBehavior.Panic panic = up.panicPolicy();
    if (panic != null) {
      String field = "spec.behavior.scaleUp.panicPolicy";
      checkTime(panic.period(), field + ".period");
      checkTime(panic.panicModeHold(), field + ".panicModeHold");
    }
  }

  private void checkPace(ScalingBehavior.@Nullable Pace pace, String field) {
    if (pace != null) {
      checkTime(pace.period(), field + ".period");
      checkTime(pace.stabilizationWindow(), field + ".stabilizationWindow");
    }
  }

  private void checkTime(@Nullable Duration time, String field) {
    if (time != null && (time.isNegative() || time.compareTo(LONGEST) > 0)) {
      findings.add(field, Found.invalid(GoDuration.print(time)) + "must be between 0 and 30m");
    }
  }
}
