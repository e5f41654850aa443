package io.ergane.api;

import io.ergane.api.AutoscalingPolicyBinding.BindingTarget;
import io.ergane.api.AutoscalingPolicyBinding.Heterogeneous;
import io.ergane.api.AutoscalingPolicyBinding.Homogeneous;
import io.ergane.api.AutoscalingPolicyBinding.Param;
import io.ergane.api.AutoscalingPolicyBinding.Spec;
import io.ergane.api.AutoscalingPolicyBinding.SubTarget;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The admission rules of bindings, beside that their policy exists. */
final class BindingAdmission {
  private final Spec spec;
  private final Findings findings;

  private BindingAdmission(Spec spec, Findings findings) {
    this.spec = spec;
    this.findings = findings;
  }

  static void check(Spec spec, Findings findings) {
    new BindingAdmission(spec, findings).check();
  }

  private void check() {
    long targets =
        Stream.of(
                spec.homogeneousTarget(),
                spec.heterogeneousTarget(),
                spec.scalingConfiguration(),
                spec.optimizerConfiguration())
            .filter(Objects::nonNull)
            .count();
    if (targets != 1) {
      String word = targets == 0 ? "Required value: " : "Forbidden: ";
      findings.add("spec.homogeneousTarget", word + Literals.ONE_BINDING_TARGET);
    }
    if (spec.policyRef().name().isEmpty()) {
      findings.add("spec.policyRef.name", "Required value: name the AutoscalingPolicy");
    }
    checkHomogeneous(spec.homogeneousTarget(), "spec.homogeneousTarget");
    checkHomogeneous(spec.scalingConfiguration(), "spec.scalingConfiguration");
    checkHeterogeneous(spec.heterogeneousTarget(), "spec.heterogeneousTarget");
    checkHeterogeneous(spec.optimizerConfiguration(), "spec.optimizerConfiguration");
  }

  private void checkHomogeneous(@Nullable Homogeneous given, String field) {
    if (given == null) {
      return;
    }
    BindingTarget target = given.target();
    checkTarget(target, field + ".target");
    SubTarget role = target.role();
    if (role != null) {
      String at = field + ".target." + (target.subTargets() != null ? "subTargets" : "subTarget");
      if (role.name() == null) {
        findings.add(at + ".name", "Invalid value: \"\": name the role");
      }
      if (role.kind() != null && !role.kind().equals("Role")) {
        findings.add(at + ".kind", Found.invalid(role.kind()) + "must be Role");
      }
    }
    AutoscalingAdmission.checkBounds(given.minReplicas(), given.maxReplicas(), field, findings);
  }

  private void checkHeterogeneous(@Nullable Heterogeneous given, String field) {
    if (given == null) {
      return;
    }
    if (given.params().isEmpty()) {
      findings.add(field + ".params", "Required value: at least one is required");
    }
    for (int i = 0; i < given.params().size(); i++) {
      Param param = given.params().get(i);
      String at = field + ".params[" + i + "]";
      checkTarget(param.target(), at + ".target");
      if (param.target().role() != null) {
        findings.add(
            at + ".target.subTargets",
            "Invalid value: roles cannot share load; leave it out or use homogeneousTarget");
      }
      AutoscalingAdmission.checkBounds(param.minReplicas(), param.maxReplicas(), at, findings);
    }
  }

  private void checkTarget(BindingTarget target, String field) {
    AutoscalingAdmission.checkReference(target.targetRef(), field + ".targetRef", findings);
    AutoscalingAdmission.checkSources(target.metricSources(), field + ".metricSources", findings);
  }
}
