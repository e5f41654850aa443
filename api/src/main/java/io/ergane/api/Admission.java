package io.ergane.api;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.ergane.api.ModelRoute.ModelMatch;
import io.ergane.api.ModelRoute.StringMatch;
import io.ergane.api.ModelRoute.TargetModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules that a well-formed object must meet beyond its schema. Whether the objects it names
 * exist is not asked.
 */
public final class Admission {
  private static final int LONGEST_REGEX = 1024;

  /** Bound on an expression whose repetitions are written out; keeps compilation cheap. */
  private static final long LARGEST_REGEX = 10_000;

  private Admission() {}

  /** Everything that speaks against the object; empty if it is admitted. */
  public static List<Finding> check(Resource resource) {
    Findings findings = new Findings();
    check(resource, findings);
    return findings.toList();
  }

  static void check(Resource resource, Findings findings) {
    switch (resource) {
      case ModelRoute route -> checkRoute(route.spec(), findings);
      case ModelServer server -> checkServer(server.spec(), findings);
      case ExternalModelProvider provider -> ProviderAdmission.check(provider.spec(), findings);
      case ModelServing serving -> ServingAdmission.check(serving, findings);
      case AutoscalingPolicy policy -> AutoscalingAdmission.check(policy.spec(), findings);
      case AutoscalingPolicyBinding binding -> BindingAdmission.check(binding.spec(), findings);
      case ModelBooster booster -> BoosterAdmission.check(booster.spec(), findings);
      case Pod _ -> {}
    }
  }

  private static void checkRoute(ModelRoute.Spec spec, Findings findings) {
    if (spec.modelName() == null && spec.loraAdapters().isEmpty()) {
      findings.add("spec", Literals.MODEL_NAME_OR_ADAPTERS);
    }
    for (int i = 0; i < spec.loraAdapters().size(); i++) {
      if (spec.loraAdapters().get(i).isEmpty()) {
        findings.add("spec.loraAdapters[" + i + "]", Literals.ADAPTER_EMPTY);
      }
    }
    for (int i = 0; i < spec.rules().size(); i++) {
      ModelRoute.Rule rule = spec.rules().get(i);
      String field = "spec.rules[" + i + "]";
      checkMatch(rule.modelMatch(), field + ".modelMatch", findings);
      checkTargets(
          rule.targetModels(), !spec.loraAdapters().isEmpty(), field + ".targetModels", findings);
    }
  }

  static void checkMatch(@Nullable ModelMatch match, String field, Findings findings) {
    if (match == null) {
      return;
    }
    match
        .headers()
        .forEach((name, value) ->
            checkRegex(value, field + ".headers[" + Found.clean(name) + "]", findings));
    checkRegex(match.uri(), field + ".uri", findings);
  }

  private static void checkRegex(@Nullable StringMatch match, String field, Findings findings) {
    String regex = match == null ? null : match.regex();
    if (regex == null) {
      return;
    }
    long size = RegexSize.of(regex);
    if (regex.length() > LONGEST_REGEX || size > LARGEST_REGEX) {
      findings.add(
          field + ".regex",
          regex.length() > LONGEST_REGEX
              ? "must be at most " + LONGEST_REGEX + " characters, found " + regex.length()
              : "repeats too much: written out it may have at most "
                  + LARGEST_REGEX
                  + " parts, found "
                  + size);
      return;
    }
    try {
      var _ = Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      findings.add(field + ".regex", Found.line(String.valueOf(e.getMessage())));
    }
  }

  private static void checkTargets(
      List<TargetModel> targets, boolean lora, String field, Findings findings) {
    if (targets.isEmpty()) {
      findings.add(field, Literals.TARGET_MISSING);
      return;
    }
    long total = 0;
    for (int i = 0; i < targets.size(); i++) {
      TargetModel target = targets.get(i);
      String at = field + "[" + i + "]";
      boolean external = target.externalModelProviderName() != null;
      if (external == (target.modelServerName() != null)) {
        findings.add(at, Literals.ONE_DESTINATION);
      }
      if (external && lora) {
        findings.add(at + ".externalModelProviderName", Literals.LORA_TARGET);
      }
      total += target.weight();
    }
    if (total <= 0) {
      findings.add(field, Literals.WEIGHTS_ZERO);
    }
  }

  private static void checkServer(ModelServer.Spec spec, Findings findings) {
    ModelServer.WorkloadSelector selector = spec.workloadSelector();
    String field = "spec.workloadSelector";
    if (selector.matchLabels().isEmpty()) {
      findings.add(field + ".matchLabels", Literals.LABELS_MISSING);
    }
    checkLabels(selector.matchLabels(), field + ".matchLabels", findings);
    ModelServer.PdGroup group = selector.pdGroup();
    if (group != null) {
      if (group.groupKey().isEmpty()) {
        findings.add(field + ".pdGroup.groupKey", Literals.GROUP_KEY_MISSING);
      } else if (!Labels.isKey(group.groupKey())) {
        findings.add(field + ".pdGroup.groupKey", Labels.keyProblem(group.groupKey()));
      }
      checkLabels(group.prefillLabels(), field + ".pdGroup.prefillLabels", findings);
      checkLabels(group.decodeLabels(), field + ".pdGroup.decodeLabels", findings);
    }
    checkTimes(spec.trafficPolicy(), findings);
  }

  private static void checkLabels(Map<String, String> labels, String field, Findings findings) {
    labels.forEach((key, value) -> {
      String at = field + "[" + Found.clean(key) + "]";
      if (!Labels.isKey(key)) {
        findings.add(at, Labels.keyProblem(key));
      }
      if (!Labels.isValue(value)) {
        findings.add(at, Labels.valueProblem(value));
      }
    });
  }

  private static void checkTimes(ModelServer.@Nullable TrafficPolicy policy, Findings findings) {
    if (policy == null) {
      return;
    }
    checkTime(policy.timeout(), "spec.trafficPolicy.timeout", findings);
    ModelServer.Retry retry = policy.retry();
    if (retry != null) {
      checkTime(retry.retryInterval(), "spec.trafficPolicy.retry.retryInterval", findings);
    }
  }

  private static void checkTime(@Nullable Duration time, String field, Findings findings) {
    if (time != null && time.isNegative()) {
      findings.add(field, "must not be negative, found " + GoDuration.print(time));
    }
  }
}
