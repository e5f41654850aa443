package io.ergane.api;

import io.ergane.api.IntOrPercent.Rounding;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ModelServing.RollingUpdate;
import io.ergane.api.ModelServing.RolloutType;
import io.ergane.api.ModelServing.Spec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The admission rules of ModelServings. Two refusals of Kthena's are left out: a
 * rollingUpdateConfiguration beside RoleRollingUpdate, of which only {@code partition} counts then,
 * and a maxUnavailable above the replicas of a role that has none.
 */
final class ServingAdmission {
  private static final String ROLES = "spec.template.roles";
  private static final String CONFIGURATION = "spec.rolloutStrategy.rollingUpdateConfiguration";

  private final ModelServing serving;
  private final Spec spec;
  private final Findings findings;

  private ServingAdmission(ModelServing serving, Findings findings) {
    this.serving = serving;
    this.spec = serving.spec();
    this.findings = findings;
  }

  static void check(ModelServing serving, Findings findings) {
    new ServingAdmission(serving, findings).check();
  }

  private void check() {
    List<Role> roles = spec.template().roles();
    roles.forEach(this::checkPodNames);
    checkRoleNames(roles);
    for (int i = 0; i < roles.size(); i++) {
      checkImages(roles.get(i).entryTemplate(), at(i) + ".entryTemplate");
      checkImages(roles.get(i).workerTemplate(), at(i) + ".workerTemplate");
    }
    notNegative("spec.replicas", spec.replicas());
    for (int i = 0; i < roles.size(); i++) {
      notNegative(at(i) + ".replicas", roles.get(i).replicas());
    }
    checkRollout();
    for (int i = 0; i < roles.size(); i++) {
      checkRoleRollout(roles.get(i), at(i));
    }
    checkGang();
    for (int i = 0; i < roles.size(); i++) {
      checkWorkers(roles.get(i), at(i));
    }
    if (spec.recoveryPolicy() == RecoveryPolicy.SERVING_GROUP_RECREATE && byRole()) {
      findings.add("spec.recoveryPolicy", Literals.RECOVERY_AGAINST_ROLLOUT);
    }
  }

  private static String at(int role) {
    return ROLES + "[" + role + "]";
  }

  private boolean byRole() {
    return spec.rolloutType() == RolloutType.ROLE_ROLLING_UPDATE;
  }

  /** The name with the largest numbers that a pod can get is a host name too. */
  private void checkPodNames(Role role) {
    String longest =
        "%s-%d-%s-%d-%d"
            .formatted(
                serving.metadata().name(),
                spec.replicas(),
                role.name(),
                role.replicas(),
                role.workerReplicas());
    String problem = Labels.dnsLabelProblem(longest);
    if (problem != null) {
      findings.add(
          "metadata.name",
          invalid(longest) + "names of pods, which begin with this one, " + problem);
    }
  }

  private void checkRoleNames(List<Role> roles) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < roles.size(); i++) {
      String name = roles.get(i).name();
      String problem = Labels.dnsLabelProblem(name);
      if (problem != null) {
        findings.add(at(i) + ".name", invalid(name) + problem);
      }
      if (!seen.add(name)) {
        findings.add(at(i) + ".name", invalid(name) + Literals.ROLE_NAMES_UNIQUE);
      }
    }
  }

  private void checkImages(@Nullable PodTemplate template, String field) {
    if (template == null) {
      return;
    }
    List<Map<String, Object>> containers = template.containers();
    for (int i = 0; i < containers.size(); i++) {
      boolean spaced =
          containers.get(i).get("image") instanceof String image
              && !image.isEmpty()
              && (image.isBlank() || image.contains(" "));
      if (spaced) {
        findings.add(
            field + ".spec.containers[" + i + "].image",
            invalid(String.valueOf(containers.get(i).get("image"))) + Literals.IMAGE_SPACES);
      }
    }
  }

  private void checkRollout() {
    RollingUpdate update =
        spec.rolloutStrategy() == null ? null : spec.rolloutStrategy().rollingUpdateConfiguration();
    if (update == null) {
      return;
    }
    checkAmount(update.partition(), CONFIGURATION + ".partition");
    if (byRole()) {
      return;
    }
    String field = CONFIGURATION + ".maxUnavailable";
    IntOrPercent most = update.maxUnavailable();
    if (checkAmount(most, field) && most.of(spec.replicas(), Rounding.DOWN) == 0) {
      findings.add(field, zero(most, spec.replicas()));
    }
  }

  private void checkRoleRollout(Role role, String field) {
    if (checkAmount(role.partition(), field + ".partition") && !byRole()) {
      findings.add(field + ".partition", Literals.ROLE_PARTITION);
    }
    if (!byRole()) {
      return;
    }
    String at = field + ".maxUnavailable";
    IntOrPercent most = role.maxUnavailable();
    if (!checkAmount(most, at) || role.replicas() <= 0) {
      return;
    }
    int number = most.of(role.replicas(), Rounding.DOWN);
    if (number == 0) {
      findings.add(at, zero(most, role.replicas()));
    } else if (number > role.replicas()) {
      findings.add(
          at,
          invalid(most) + "must not be greater than the role's " + role.replicas() + " replicas");
    }
  }

  /** Whether there is an amount and it is sound by itself. */
  private boolean checkAmount(@Nullable IntOrPercent amount, String field) {
    if (amount == null) {
      return false;
    }
    if (amount.amount() < 0) {
      findings.add(field, invalid(amount) + Literals.NOT_NEGATIVE);
      return false;
    }
    if (amount.percent() && amount.amount() > 100) {
      findings.add(field, invalid(amount) + "must not be greater than 100%");
      return false;
    }
    return true;
  }

  private static String zero(IntOrPercent amount, int total) {
    return invalid(amount)
        + "cannot be 0, and is when rounded down for %d replicas; give a larger number"
            .formatted(total);
  }

  private void checkGang() {
    Map<String, Integer> least =
        spec.template().gangPolicy() == null
            ? null
            : spec.template().gangPolicy().minRoleReplicas();
    if (least == null) {
      return;
    }
    least.forEach((name, number) -> {
      String field = "spec.template.gangPolicy.minRoleReplicas[" + Found.clean(name) + "]";
      Role role =
          spec.template().roles().stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElse(null);
      if (role == null) {
        findings.add(field, invalid(name) + "role " + Found.quote(name) + " does not exist");
      } else if (number > role.replicas()) {
        findings.add(
            field, invalid(number) + "cannot exceed the role's " + role.replicas() + " replicas");
      }
      notNegative(field, number);
    });
  }

  private void checkWorkers(Role role, String field) {
    notNegative(field + ".workerReplicas", role.workerReplicas());
    if (role.workerReplicas() > 0 && role.workerTemplate() == null) {
      findings.add(field + ".workerTemplate", Literals.WORKER_TEMPLATE_MISSING);
    }
  }

  private void notNegative(String field, int number) {
    if (number < 0) {
      findings.add(field, invalid(number) + Literals.NOT_NEGATIVE);
    }
  }

  private static String invalid(Object found) {
    return Found.invalid(found);
  }
}
