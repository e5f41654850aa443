package io.ergane.api;

import static io.ergane.api.Manifests.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServingAdmissionTest {
  private static final String SPEC = "spec: {containers: [{name: engine, image: engine}]}";

  /** One role, with further fields of the role and of the spec. */
  private static String serving(String role, String spec) {
    return """
    apiVersion: workload.serving.volcano.sh/v1alpha1
    kind: ModelServing
    metadata: {name: sample}
    spec:
      template:
        roles:
        - {name: decode, entryTemplate: {%s}, workerReplicas: 0%s}
    %s\
    """
        .formatted(SPEC, role.isEmpty() ? "" : ", " + role, spec.indent(2));
  }

  private static String rollout(String type, String configuration) {
    return "rolloutStrategy: {type: %s, rollingUpdateConfiguration: {%s}}"
        .formatted(type, configuration);
  }

  @Test
  void namesOfPodsMustBeHostNames() {
    String manifest = serving("replicas: 100", "replicas: 10");

    assertThat(problems(manifest)).isEmpty();
    assertThat(problems(manifest.replace("sample", "a".repeat(48))))
        .containsExactly(
            "metadata.name: Invalid value: \"%s-10-decode-100-0\": names of pods, which begin with this one, must be no more than 63 characters, found 64"
                .formatted("a".repeat(48)));
    assertThat(problems(manifest.replace("sample", "a".repeat(47)))).isEmpty();
    assertThat(problems(manifest.replace("sample", "1st")).getFirst())
        .startsWith("metadata.name: ")
        .contains("DNS-1035");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Decode", "1st", "-a", "a-", "a_b", "thirteen-long"})
  void aRoleNameIsADnsLabelOfAtMostTwelveCharacters(String name) {
    assertThat(problems(serving("", "").replace("decode", "'" + name + "'")))
        .anyMatch(problem -> problem.startsWith("spec.template.roles[0].name: "));
  }

  @Test
  void roleNamesAreUnique() {
    String twice =
        serving("", "")
            .replace(
                "    - {name",
                "    - {name: decode, entryTemplate: {"
                    + SPEC
                    + "}, workerReplicas: 0}\n    - {name");

    assertThat(problems(twice))
        .containsExactly(
            "spec.template.roles[1].name: Invalid value: \"decode\": roles name must be unique");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "a b", " engine"})
  void anImageHasNoSpaces(String image) {
    assertThat(problems(serving("", "").replace("image: engine", "image: '" + image + "'")))
        .containsExactly(
            "spec.template.roles[0].entryTemplate.spec.containers[0].image: Invalid value: \""
                + image
                + "\": image must be neither blank nor contain spaces");
    assertThat(problems(serving("", "").replace("image: engine", "image: ''"))).isEmpty();
  }

  @Test
  void numbersOfReplicasAreNotNegative() {
    assertThat(problems(serving("", "replicas: -1")))
        .contains("spec.replicas: Invalid value: -1: should be a non-negative integer");
    assertThat(problems(serving("replicas: -1", "")))
        .contains(
            "spec.template.roles[0].replicas: Invalid value: -1: should be a non-negative integer");
    assertThat(problems(serving("", "").replace("workerReplicas: 0", "workerReplicas: -2")))
        .contains(
            "spec.template.roles[0].workerReplicas: Invalid value: -2: should be a non-negative integer");
    assertThat(problems(serving("replicas: 0", "replicas: 0"))).isEmpty();
  }

  @Test
  void aServingNeedsOneToFourRoles() {
    String none = serving("", "").replaceAll("(?s)roles:.*", "roles: []\n");

    assertThat(problems(none))
        .containsExactly("spec.template.roles: must have at least 1 items, found 0");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3, true",
    "0, 3, false",
    "-1, 3, false",
    "34%, 3, true",
    "33%, 3, false",
    "10%, 5, false",
    "100%, 1, true",
    "101%, 3, false",
    "50%, 0, false",
    "1, 0, true"
  })
  void maxUnavailableIsAtLeastOneGroup(String most, int replicas, boolean admitted) {
    String rollout = rollout("ServingGroupRollingUpdate", "maxUnavailable: " + most);

    var problems = problems(serving("", "replicas: " + replicas + "\n" + rollout));

    assertThat(problems.isEmpty()).as("%s", problems).isEqualTo(admitted);
    assertThat(problems)
        .allMatch(each ->
            each.startsWith("spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable"));
  }

  @ParameterizedTest
  @CsvSource({"0, true", "2, true", "100%, true", "-1, false", "101%, false", "half, false"})
  void aPartitionIsANumberOrAShare(String partition, boolean admitted) {
    String rollout = rollout("ServingGroupRollingUpdate", "partition: " + partition);

    assertThat(problems(serving("", rollout)).isEmpty()).isEqualTo(admitted);
  }

  @Test
  void theConfigurationOfGroupsBesideARolloutByRoleIsTolerated() {
    assertThat(
            problems(serving("", rollout("RoleRollingUpdate", "maxUnavailable: 0, partition: 1"))))
        .isEmpty();
    assertThat(problems(serving("", rollout("RoleRollingUpdate", "partition: -1")))).hasSize(1);
  }

  @Test
  void aRoleHasAPartitionOnlyInARolloutByRole() {
    assertThat(problems(serving("partition: 1", "")))
        .containsExactly(
            "spec.template.roles[0].partition: Forbidden: needs rollout type RoleRollingUpdate");
    assertThat(problems(serving("partition: 1", "rolloutStrategy: {type: RoleRollingUpdate}")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, true",
    "2, 2, true",
    "3, 2, false",
    "0, 2, false",
    "49%, 2, false",
    "50%, 2, true",
    "-1, 2, false",
    "1, 0, true"
  })
  void maxUnavailableOfARoleLiesBetweenOneAndItsReplicas(
      String most, int replicas, boolean admitted) {
    String role = "replicas: " + replicas + ", maxUnavailable: " + most;

    assertThat(problems(serving(role, "rolloutStrategy: {type: RoleRollingUpdate}")).isEmpty())
        .isEqualTo(admitted);
    assertThat(problems(serving(role, ""))).isEmpty();
  }

  @Test
  void aGangNamesRolesAndNoMoreThanTheirReplicas() {
    String gang = "replicas: 1\nplugins: []";
    String manifest = serving("replicas: 2", gang);

    assertThat(problems(gang(manifest, "decode: 2"))).isEmpty();
    assertThat(problems(gang(manifest, "decode: 3")))
        .containsExactly(
            "spec.template.gangPolicy.minRoleReplicas[decode]: Invalid value: 3: cannot exceed the role's 2 replicas");
    assertThat(problems(gang(manifest, "prefill: 1")))
        .containsExactly(
            "spec.template.gangPolicy.minRoleReplicas[prefill]: Invalid value: \"prefill\": role \"prefill\" does not exist");
    assertThat(problems(gang(manifest, "decode: -1"))).hasSize(1);
  }

  private static String gang(String manifest, String least) {
    return manifest.replace(
        "template:\n", "template:\n    gangPolicy: {minRoleReplicas: {" + least + "}}\n");
  }

  @Test
  void workersNeedATemplate() {
    String workers = serving("", "").replace("workerReplicas: 0", "workerReplicas: 1");

    assertThat(problems(workers))
        .containsExactly(
            "spec.template.roles[0].workerTemplate: Required value: workerTemplate is required when workerReplicas is greater than 0");
    assertThat(
            problems(
                workers.replace(
                    "workerReplicas: 1", "workerReplicas: 1, workerTemplate: {" + SPEC + "}")))
        .isEmpty();
  }

  @Test
  void wholeGroupsAreNotRecreatedWhileRolesRollOut() {
    String both =
        "recoveryPolicy: ServingGroupRecreate\nrolloutStrategy: {type: RoleRollingUpdate}";

    assertThat(problems(serving("", both)))
        .singleElement()
        .asString()
        .startsWith("spec.recoveryPolicy: Invalid value: \"ServingGroupRecreate\"");
  }

  @Test
  void everythingIsSaidAtOnce() {
    assertThat(
            problems(
                serving(
                    "replicas: -1, partition: 1",
                    "replicas: -1\n" + rollout("ServingGroupRollingUpdate", "maxUnavailable: 0"))))
        .hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void theTemplateOfPodsIsCheckedWhereItsFormIsKnown() {
    String odd =
        serving("", "")
            .replace(
                "image: engine",
                "image: 5, ports: [{containerPort: x}], env: [{name: A}, {name: A}], resources: {limits: {cpu: lots}}");

    assertThat(problems(odd))
        .anyMatch(each -> each.contains("containers[0].image: must be text"))
        .anyMatch(each -> each.contains("ports[0].containerPort: must be a whole number"))
        .anyMatch(each -> each.contains("env[1].name: Duplicate value: \"A\""))
        .anyMatch(each -> each.contains("resources.limits[cpu]: must be a quantity"));
  }
}
