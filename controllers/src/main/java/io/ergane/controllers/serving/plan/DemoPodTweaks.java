package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.controllers.serving.plan.PluginChain.Place;
import io.ergane.controllers.serving.plan.PluginChain.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plugin {@code demo-pod-tweaks}: sets {@code runtimeClassName}, adds {@code annotations}, appends
 * {@code env} to all containers.
 */
final class DemoPodTweaks implements PluginChain.PodPlugin {
  private static final Set<String> FIELDS = Set.of("runtimeClassName", "annotations", "env");

  @Override
  public void onPodCreate(ModelServing serving, Place place, @Nullable Object config, PodDraft pod)
      throws Refusal {
    if (config == null) return;
    if (!(config instanceof Map<?, ?> fields)) throw refusal("config", "an object");
    Object runtime = fields.get("runtimeClassName");
    if (runtime != null) {
      if (!(runtime instanceof String name)) throw refusal("runtimeClassName", "text");
      if (!name.isEmpty()) pod.spec().put("runtimeClassName", name);
    }
    Object extra = fields.get("annotations");
    if (extra != null) {
      if (!(extra instanceof Map<?, ?> annotations)) throw refusal("annotations", "an object");
      for (Map.Entry<?, ?> entry : annotations.entrySet()) {
        if (!(entry.getValue() instanceof String value)) throw refusal("annotations", "all text");
        pod.annotations().put(String.valueOf(entry.getKey()), value);
      }
    }
    Object variables = fields.get("env");
    if (variables != null) {
      if (!(variables instanceof List<?> env)) throw refusal("env", "a list");
      pod.appendEnv(env);
    }
  }

  private static Refusal refusal(String field, String accepted) {
    return new Refusal(
        "plugin demo-pod-tweaks: %s must be %s; its fields are %s"
            .formatted(field, accepted, String.join(", ", FIELDS.stream().sorted().toList())));
  }
}
