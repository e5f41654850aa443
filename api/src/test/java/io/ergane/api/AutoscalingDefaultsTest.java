package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutoscalingDefaultsTest {
  private static final String DOWN =
      """
      {instances: 0, percent: 100, period: 1m0s, selectPolicy: Or, stabilizationWindow: 5m0s}\
      """;
  private static final String STABLE =
      """
      {instances: 4, percent: 100, period: 1m0s, selectPolicy: Or, stabilizationWindow: 0s}\
      """;
  private static final String PANIC =
      "{percent: 0, period: 0s, panicThresholdPercent: 200, panicModeHold: 0s}";
  private static final String UP = "{stablePolicy: " + STABLE + ", panicPolicy: " + PANIC + "}";

  private static final List<String> BEHAVIORS =
      List.of(
          "{}",
          "{behavior: {}}",
          "{behavior: {scaleDown: {instances: 2}}}",
          "{behavior: {scaleUp: {stablePolicy: {percent: 50}}}}",
          "{behavior: {scaleUp: {panicPolicy: {period: 10s}}, scaleDown: {}}}",
          "{behavior: {scaleDown: {stabilizationWindow: 1m}, scaleUp: {stablePolicy: {stabilizationWindow: 1s}, panicPolicy: {period: 1s}}}}");

  private static List<PatchOperation> patch(String spec) {
    return AutoscalingDefaults.patch(Manifests.yaml("spec: " + spec));
  }

  private static PatchOperation add(String path, String value) {
    return new PatchOperation("add", path, Manifests.yaml(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{behavior: null}",
        "{behavior: {}}",
        "{behavior: {scaleUp: {}, scaleDown: {}}}",
        "{behavior: {scaleUp: {stablePolicy: {}}}}"
      })
  void aPolicyThatSaysNothingGetsEverything(String spec) {
    assertThat(patch(spec).toString())
        .isEqualTo(
            List.of(add("/spec/behavior", "{scaleUp: " + UP + ", scaleDown: " + DOWN + "}"))
                .toString());
  }

  @Test
  void missingPartsAreAddedWhole() {
    assertThat(patch("{behavior: {scaleDown: {instances: 2, stabilizationWindow: 0s}}}").toString())
        .isEqualTo(List.of(add("/spec/behavior/scaleUp", UP)).toString());
    assertThat(
            patch("{behavior: {scaleUp: {stablePolicy: {instances: 2, stabilizationWindow: 1s}}}}")
                .toString())
        .isEqualTo(
            List.of(
                    add("/spec/behavior/scaleDown", DOWN),
                    add("/spec/behavior/scaleUp/panicPolicy", PANIC))
                .toString());
  }

  @Test
  void onlyTheWindowIsAddedToAPartThatSaysSomething() {
    assertThat(
            patch(
                    "{behavior: {scaleDown: {instances: 1}, scaleUp: {stablePolicy: {instances: 1}, panicPolicy: {period: 1s}}}}")
                .toString())
        .isEqualTo(
            List.of(
                    add("/spec/behavior/scaleDown/stabilizationWindow", "5m"),
                    add("/spec/behavior/scaleUp/stablePolicy/stabilizationWindow", "0s"))
                .toString());
  }

  @Test
  void nothingIsAddedToACompletePolicyOrToNone() {
    assertThat(patch(BEHAVIORS.getLast())).isEmpty();
    assertThat(AutoscalingDefaults.patch(Manifests.yaml("kind: AutoscalingPolicy"))).isEmpty();
    assertThat(PatchOperation.toJson(List.of())).hasToString("[]");
  }

  /** What the webhook leads to is what a policy from elsewhere is completed to. */
  @Test
  void aPatchedPolicyIsCompleteAndPatchedOnce() {
    for (String behavior : BEHAVIORS) {
      ObjectNode spec = (ObjectNode) Manifests.yaml(behavior);
      JsonNode policy = Manifests.yaml("spec: {}");
      ((ObjectNode) policy).set("spec", spec);
      ScalingBehavior before = decoded(spec);

      for (PatchOperation each : AutoscalingDefaults.patch(policy)) {
        int last = each.path().lastIndexOf('/');
        ((ObjectNode) policy.at(each.path().substring(0, last)))
            .set(each.path().substring(last + 1), each.value());
      }

      assertThat(decoded(policy.path("spec")))
          .isEqualTo(AutoscalingDefaults.complete(decoded(policy.path("spec"))));
      if (!behavior.contains("scaleDown: {}")) {
        assertThat(decoded(policy.path("spec"))).isEqualTo(AutoscalingDefaults.complete(before));
      }
      assertThat(AutoscalingDefaults.patch(policy)).isEmpty();
    }
  }

  private static ScalingBehavior decoded(JsonNode spec) {
    ObjectNode copy = spec.deepCopy();
    copy.set("metrics", Manifests.yaml("[{name: m, targetValue: 1}]"));
    ObjectNode policy = (ObjectNode) Manifests.yaml(Manifests.workload("AutoscalingPolicy", ""));
    policy.set("spec", copy);
    ScalingBehavior behavior =
        ((AutoscalingPolicy) ((Decoded.Ok) Decoding.decode(policy)).resource()).spec().behavior();
    return behavior == null ? new ScalingBehavior(null, null) : behavior;
  }
}
