package io.ergane.controllers.admission;

import java.util.stream.Stream;

/** Objects of the workload kinds that must not be admitted. */
final class WorkloadRejections {
  private static final String POD = "spec: {containers: [{name: engine, image: engine}]}";
  private static final String METRICS = "metrics: [{name: m, targetValue: 1}]";
  private static final String TARGET =
      "homogeneousTarget: {target: {targetRef: {name: s}}, minReplicas: 1, maxReplicas: 2}";

  private static final String GANG = "template:\n    ";

  private WorkloadRejections() {}

  static Stream<Rejection> all() {
    return Stream.of(servings(), boosters(), policies(), bindings()).flatMap(each -> each);
  }

  private static Stream<Rejection> servings() {
    return Stream.of(
        serving("long", "", "", "metadata.name").with("name: refused", "name: " + "a".repeat(60)),
        serving("Decode", "", "", "spec.template.roles[0].name"),
        serving("decode", "", "", "image must be neither blank nor contain spaces")
            .with("image: engine", "image: 'a b'"),
        serving("decode", "", "replicas: -1", "should be a non-negative integer"),
        serving("decode", "replicas: -1", "", "should be a non-negative integer"),
        serving("decode", "", "", "spec.template.roles").with("roles: [{", "roles: []\n  x: [{"),
        serving("decode", "", groups("maxUnavailable: 0"), "maxUnavailable"),
        serving("decode", "", "replicas: 5\n" + groups("maxUnavailable: 10%"), "maxUnavailable"),
        serving("decode", "", groups("partition: 101%"), "partition"),
        serving("decode", "partition: 1", "", "Forbidden: needs rollout type RoleRollingUpdate"),
        serving(
            "decode",
            "replicas: 2, maxUnavailable: 3",
            "rolloutStrategy: {type: RoleRollingUpdate}",
            "maxUnavailable"),
        serving("decode", "", "", "role \"prefill\" does not exist")
            .with(GANG, GANG + "gangPolicy: {minRoleReplicas: {prefill: 1}}\n    "),
        serving("decode", "", "", "cannot exceed the role's 1 replicas")
            .with(GANG, GANG + "gangPolicy: {minRoleReplicas: {decode: 2}}\n    "),
        serving("decode", "", "", "should be a non-negative integer")
            .with("workerReplicas: 0", "workerReplicas: -1"),
        serving("decode", "", "", "workerTemplate is required")
            .with("workerReplicas: 0", "workerReplicas: 1"),
        serving(
            "decode",
            "",
            "recoveryPolicy: ServingGroupRecreate\nrolloutStrategy: {type: RoleRollingUpdate}",
            "cannot be combined"));
  }

  private static String groups(String configuration) {
    return "rolloutStrategy: {type: ServingGroupRollingUpdate, rollingUpdateConfiguration: {"
        + configuration
        + "}}";
  }

  private static Rejection serving(String role, String ofRole, String ofSpec, String literal) {
    String spec =
        """
        template:
          roles: [{name: %s, entryTemplate: {%s}, workerReplicas: 0%s}]
        %s\
        """
            .formatted(role, POD, ofRole.isEmpty() ? "" : ", " + ofRole, ofSpec);
    return refused(Webhook.MODEL_SERVING, "ModelServing", spec, literal);
  }

  private static Stream<Rejection> boosters() {
    return Stream.of(
        booster("vLLM", "hf://a/b", "{type: server}", "replicas")
            .with("replicas: 1", "replicas: 1000001"),
        booster("vLLM", "hf://a/b", "{type: server, image: 'a b'}", "workers[0].image"),
        booster("vLLM", "hf://a/b", "{type: server}, {type: server}", "exactly one worker"),
        booster("vLLM", "hf://a/b", "{type: server, config: {port: 0}}", "config.port"),
        booster("vLLM", "pvc://claim/model", "{type: server}", "modelURI"));
  }

  private static Rejection booster(String type, String model, String workers, String literal) {
    String spec =
        "backend: {name: b, type: %s, modelURI: '%s', replicas: 1, workers: [%s]}"
            .formatted(type, model, workers);
    return refused(Webhook.MODEL_BOOSTER, "ModelBooster", spec, literal);
  }

  private static Stream<Rejection> policies() {
    String named = "metrics: [{name: m, targetValue: %s}, {name: %s, targetValue: 1}]\n";
    return Stream.of(
        policy(named.formatted("-1", "n") + TARGET, "metric target value must be greater than 0"),
        policy(named.formatted("1", "m") + TARGET, "duplicate metric name"),
        policy(
            METRICS
                + "\n"
                + TARGET
                + "\nheterogeneousTarget: {params: [{target: {targetRef: {name: s}},"
                + " minReplicas: 1, maxReplicas: 2}]}",
            "exactly one of"),
        policy(METRICS + "\n" + TARGET.replace("name: s", "kind: Pod, name: s"), "targetRef.kind"),
        policy("metrics: []\n" + TARGET, "at least one metric is required"),
        policy(
            METRICS + "\n" + TARGET + "\nbehavior: {scaleDown: {period: 31m}}",
            "spec.behavior.scaleDown.period"));
  }

  private static Rejection policy(String spec, String literal) {
    return refused(Webhook.AUTOSCALING_POLICY, "AutoscalingPolicy", spec, literal);
  }

  private static Stream<Rejection> bindings() {
    return Stream.of(
        binding("policyRef: {name: p}", "exactly one of"),
        binding("policyRef: {name: p}\n" + TARGET.replace("name: s", "kind: Pod"), "kind"));
  }

  private static Rejection binding(String spec, String literal) {
    return refused(Webhook.AUTOSCALING_POLICY_BINDING, "AutoscalingPolicyBinding", spec, literal);
  }

  private static Rejection refused(Webhook webhook, String kind, String spec, String literal) {
    String manifest =
        """
        apiVersion: workload.serving.volcano.sh/v1alpha1
        kind: %s
        metadata: {name: refused}
        spec:
        %s\
        """
            .formatted(kind, spec.indent(2));
    return new Rejection(webhook, manifest, literal);
  }
}
