package io.ergane.api;

import static io.ergane.api.Manifests.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AutoscalingAdmissionTest {
  private static final String METRICS = "metrics: [{name: m, targetValue: 1}]\n";
  private static final String ONE =
      "homogeneousTarget: {target: {targetRef: {name: s}}, minReplicas: 1, maxReplicas: 2}\n";
  private static final String SEVERAL =
      "heterogeneousTarget: {params: [{target: {targetRef: {name: s}}, minReplicas: 1, maxReplicas: 2}]}\n";

  private static String policy(String spec) {
    return Manifests.workload("AutoscalingPolicy", spec);
  }

  private static String binding(String spec) {
    return Manifests.workload("AutoscalingPolicyBinding", spec);
  }

  /** Two roles with bounds, and the fields of a ratio. */
  private static String ratio(String prefill, String decode, String least, String most) {
    return policy(
        """
        metrics: [{name: m, targetValue: 1}]
        disaggregatedTarget:
          targetRef: {name: s}
          roles:
            prefill: {%s, metricSources: {m: {pod: {}}}}
            decode: {%s, metricSources: {m: {pod: {}}}}
          ratioConstraint: {numeratorRole: prefill, denominatorRole: decode, minRatio: %s, maxRatio: %s}
        """
            .formatted(prefill, decode, least, most));
  }

  private static String bounds(int least, int most) {
    return "minReplicas: %d, maxReplicas: %d".formatted(least, most);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "'0'", "-1m", "'0e5'"})
  void aTargetValueIsPositive(String value) {
    assertThat(problems(policy(ONE + "metrics: [{name: m, targetValue: " + value + "}]")))
        .singleElement()
        .asString()
        .startsWith("spec.metrics[0].targetValue: Invalid value: ")
        .endsWith("metric target value must be greater than 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lots", "1e999", "Ki", "'0x10'", "1.5.2"})
  void aTargetValueIsAQuantity(String value) {
    assertThat(problems(policy(ONE + "metrics: [{name: m, targetValue: " + value + "}]")))
        .anyMatch(each -> each.startsWith("spec.metrics[0].targetValue: must be a quantity"));
  }

  @Test
  void metricNamesAreUniqueInEitherSpelling() {
    assertThat(
            problems(
                policy(
                    ONE
                        + "metrics: [{name: m, targetValue: 1}, {metricName: m, targetValue: 2}, {name: n, targetValue: 1}]")))
        .containsExactly("spec.metrics[1].name: Invalid value: \"m\": duplicate metric name");
    assertThat(problems(policy(ONE + "metrics: [{targetValue: 1}]")))
        .containsExactly("spec.metrics[0]: exactly one of name or metricName must be set");
  }

  @Test
  void thereIsAtMostOneTarget() {
    assertThat(problems(policy(METRICS))).isEmpty();
    assertThat(problems(policy(METRICS + ONE + SEVERAL)))
        .containsExactly(
            "spec: exactly one of homogeneousTarget, heterogeneousTarget or disaggregatedTarget must be set, found 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ONE, SEVERAL})
  void aPolicyNeedsAMetric(String target) {
    assertThat(problems(policy("metrics: []\n" + target)))
        .containsExactly("spec.metrics: Required value: at least one metric is required");
  }

  @Test
  void aTargetIsAModelServingWithAName() {
    assertThat(problems(policy(METRICS + ONE.replace("{name: s}", "{kind: Deployment}"))))
        .containsExactly(
            "spec.homogeneousTarget.target.targetRef.kind: Invalid value: \"Deployment\": must be ModelServing",
            "spec.homogeneousTarget.target.targetRef.name: Required value: name the ModelServing to scale");
    assertThat(problems(policy(METRICS + SEVERAL.replace("{name: s}", "{kind: ''}"))))
        .containsExactly(
            "spec.heterogeneousTarget.params[0].target.targetRef.name: Required value: name the ModelServing to scale");
  }

  @ParameterizedTest
  @CsvSource({
    "-1s, behavior.scaleDown.period",
    "31m, behavior.scaleDown.stabilizationWindow",
    "1h, behavior.scaleUp.stablePolicy.period",
    "30m1s, behavior.scaleUp.stablePolicy.stabilizationWindow",
    "-1ns, behavior.scaleUp.panicPolicy.period",
    "31m, behavior.scaleUp.panicPolicy.panicModeHold"
  })
  void timesLieBetweenZeroAndHalfAnHour(String time, String field) {
    String[] path = field.split("\\.");
    String value = "{" + path[path.length - 1] + ": " + time + "}";
    if (path[path.length - 1].equals("panicModeHold")) {
      value = "{period: 0s, panicModeHold: " + time + "}";
    }
    for (int i = path.length - 2; i > 0; i--) {
      value = "{" + path[i] + ": " + value + "}";
    }

    assertThat(problems(policy(METRICS + "behavior: " + value)))
        .singleElement()
        .asString()
        .startsWith("spec." + field + ": Invalid value: ")
        .endsWith("must be between 0 and 30m");
    assertThat(problems(policy(METRICS + "behavior: " + value.replace(time, "30m")))).isEmpty();
  }

  @Test
  void panicNeedsAPeriod() {
    assertThat(problems(policy(METRICS + "behavior: {scaleUp: {panicPolicy: {}}}")))
        .containsExactly("spec.behavior.scaleUp.panicPolicy.period: must be specified");
  }

  @Test
  void aRoleThatScalesNeedsMetricsWithSources() {
    String roles = "disaggregatedTarget: {targetRef: {name: s}, roles: {decode: {%s}}}";

    assertThat(problems(policy(roles.formatted(bounds(2, 2))))).isEmpty();
    assertThat(problems(policy(roles.formatted(bounds(1, 2)))))
        .containsExactly(
            "spec.disaggregatedTarget.roles[decode].metrics: Required value: neither the role nor the policy has a metric");
    assertThat(problems(policy(METRICS + roles.formatted(bounds(1, 2)))))
        .containsExactly(
            "spec.disaggregatedTarget.roles[decode].metricSources: Required value: say where the values of its metrics come from");
    assertThat(
            problems(
                policy(
                    METRICS
                        + roles.formatted(
                            bounds(2, 1)
                                + ", metricSources: {m: {pod: {}}, x: {pod: {}}, m2: {}}"))))
        .containsExactly(
            "spec.disaggregatedTarget.roles[decode].minReplicas: Invalid value: 2: must not be greater than maxReplicas, which is 1",
            "spec.disaggregatedTarget.roles[decode].metricSources[m2]: one of pod or prometheus must be set",
            "spec.disaggregatedTarget.roles[decode].metricSources[x]: Invalid value: \"x\": is not a metric of the role",
            "spec.disaggregatedTarget.roles[decode].metricSources[m2]: Invalid value: \"m2\": is not a metric of the role");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4, 1, 4, 500m, 2, true",
    "1, 4, 1, 4, 3, 2, false",
    "1, 4, 1, 4, -1, 2, false",
    "1, 4, 1, 4, 0, 0, false",
    "0, 4, 0, 4, 1, 1, true",
    "0, 4, 1, 4, 1, 1, false",
    "4, 4, 1, 1, 1, 3, false",
    "4, 4, 1, 1, 1, 4, true",
    "1, 1, 4, 4, 300m, 4, false",
    "1, 1, 4, 4, 250m, 4, true"
  })
  void aRatioIsWithinReach(
      int prefillLeast,
      int prefillMost,
      int decodeLeast,
      int decodeMost,
      String least,
      String most,
      boolean admitted) {
    String manifest =
        ratio(bounds(prefillLeast, prefillMost), bounds(decodeLeast, decodeMost), least, most);

    assertThat(problems(manifest).isEmpty()).as("%s", problems(manifest)).isEqualTo(admitted);
  }

  @Test
  void aRatioIsOfTwoDifferentRolesThatExist() {
    String manifest = ratio(bounds(1, 2), bounds(1, 2), "1", "1");

    assertThat(problems(manifest.replace("denominatorRole: decode", "denominatorRole: prefill")))
        .containsExactly(
            "spec.disaggregatedTarget.ratioConstraint: numeratorRole and denominatorRole must be different");
    assertThat(problems(manifest.replace("denominatorRole: decode", "denominatorRole: other")))
        .containsExactly(
            "spec.disaggregatedTarget.ratioConstraint.denominatorRole: Invalid value: \"other\": must be one of prefill, decode");
  }

  @Test
  void aBindingHasExactlyOneTargetInAnySpelling() {
    String one = ONE.strip();
    String old = one.replace("homogeneousTarget", "scalingConfiguration");

    assertThat(problems(binding("policyRef: {name: p}\n" + one))).isEmpty();
    assertThat(problems(binding("policyRef: {name: p}\n" + old))).isEmpty();
    assertThat(problems(binding("policyRef: {name: p}")))
        .singleElement()
        .asString()
        .startsWith("spec.homogeneousTarget: Required value: exactly one of");
    assertThat(problems(binding("policyRef: {name: p}\n" + one + "\n" + old)))
        .singleElement()
        .asString()
        .startsWith("spec.homogeneousTarget: Forbidden: exactly one of");
  }

  @Test
  void aBindingScalesAModelServingOrARoleOfIt() {
    String role = ONE.replace("{name: s}", "{name: s}, subTargets: {%s}");
    String several = SEVERAL.replace("{name: s}", "{name: s}, subTarget: {name: r}");

    assertThat(problems(binding("policyRef: {name: p}\n" + role.formatted("name: r")))).isEmpty();
    assertThat(problems(binding("policyRef: {name: p}\n" + role.formatted("kind: Pod"))))
        .containsExactly(
            "spec.homogeneousTarget.target.subTargets.name: Invalid value: \"\": name the role",
            "spec.homogeneousTarget.target.subTargets.kind: Invalid value: \"Pod\": must be Role");
    assertThat(problems(binding("policyRef: {name: p}\n" + several)))
        .singleElement()
        .asString()
        .startsWith("spec.heterogeneousTarget.params[0].target.subTargets: Invalid value");
  }

  @Test
  void aMissingPolicyIsNamed() {
    AutoscalingPolicyBinding binding =
        (AutoscalingPolicyBinding) Manifests.resource(binding("policyRef: {name: p}\n" + ONE));

    assertThat(binding.policyMissing())
        .hasToString(
            "spec.PolicyRef: Invalid value: \"p\": AutoscalingPolicy default/p does not exist");
  }
}
