package io.ergane.controllers.admission;

import java.util.EnumSet;
import java.util.Set;

/** The webhooks under the paths and names that Kthena registers them with. */
public enum Webhook {
  MODEL_ROUTE("/validate/modelroute", "validate-modelroute.volcano.sh", "modelroutes"),
  MODEL_SERVER("/validate/modelserver", "validate-modelserver.volcano.sh", "modelservers"),
  EXTERNAL_MODEL_PROVIDER(
      "/validate/externalmodelprovider",
      "validate-externalmodelprovider.volcano.sh",
      "externalmodelproviders"),
  MODEL_SERVING(
      "/validate-workload-ai-v1alpha1-modelserving",
      "validate-workload-ai-v1alpha1-modelserving.volcano.sh",
      "modelservings"),
  MODEL_BOOSTER("/validate/modelbooster", "validate-modelbooster.volcano.sh", "modelboosters"),
  AUTOSCALING_POLICY(
      "/validate/autoscalingpolicy",
      "validate-autoscalingpolicy.volcano.sh",
      "autoscalingpolicies"),
  AUTOSCALING_POLICY_BINDING(
      "/validate/autoscalingpolicybinding",
      "validate-autoscalingpolicybinding.volcano.sh",
      "autoscalingpolicybindings"),
  MODEL_BOOSTER_DEFAULTS("/mutate/modelbooster", "mutate-modelbooster.volcano.sh", "modelboosters"),
  AUTOSCALING_POLICY_DEFAULTS(
      "/mutate/autoscalingpolicy", "mutate-autoscalingpolicy.volcano.sh", "autoscalingpolicies");

  /** The kinds that say where requests go. */
  public static final Set<Webhook> NETWORKING =
      Set.copyOf(EnumSet.range(MODEL_ROUTE, EXTERNAL_MODEL_PROVIDER));

  /** The kinds that say what runs. */
  public static final Set<Webhook> WORKLOAD =
      Set.copyOf(EnumSet.range(MODEL_SERVING, AUTOSCALING_POLICY_DEFAULTS));

  private final String path;
  private final String hookName;
  private final String resource;

  Webhook(String path, String hookName, String resource) {
    this.path = path;
    this.hookName = hookName;
    this.resource = resource;
  }

  /** Where the API server posts reviews. */
  public String path() {
    return path;
  }

  /** Its name within a webhook configuration. */
  public String hookName() {
    return hookName;
  }

  /** Plural of the resource it is asked about. */
  public String resource() {
    return resource;
  }

  /** API group of that resource. */
  public String group() {
    return NETWORKING.contains(this)
        ? "networking.serving.volcano.sh"
        : "workload.serving.volcano.sh";
  }

  /** Whether it may change the object; it refuses nothing then. */
  public boolean mutates() {
    return this == MODEL_BOOSTER_DEFAULTS || this == AUTOSCALING_POLICY_DEFAULTS;
  }
}
