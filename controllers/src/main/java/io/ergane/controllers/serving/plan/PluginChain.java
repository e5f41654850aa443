package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.Plugin;
import io.ergane.api.ModelServing.PluginScope;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The plugins of a ModelServing, in order, each on the pods in its scope. */
final class PluginChain {
  private static final Map<String, PodPlugin> REGISTRY =
      Map.of(
          "demo-pod-tweaks", new DemoPodTweaks(), LwsStandardLabels.NAME, new LwsStandardLabels());

  private PluginChain() {}

  /** Which pod is being made. */
  record Place(Slot slot, int index) {}

  /** Changes a pod before it is created. */
  interface PodPlugin {
    /**
     * Called after all else has been done to the pod.
     *
     * @param config any JSON value; null when there is none
     */
    void onPodCreate(ModelServing serving, Place place, @Nullable Object config, PodDraft pod)
        throws Refusal;
  }

  /** A plugin that cannot do its work; the pod is not created. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
      super(message);
    }
  }

  static void apply(ModelServing serving, Place place, PodDraft pod) throws Refusal {
    for (Plugin plugin : serving.spec().plugins()) {
      PodPlugin known = REGISTRY.get(plugin.name());
      if (known == null) {
        throw new Refusal(
            "plugin %s is not known; known are %s"
                .formatted(
                    plugin.name(),
                    String.join(", ", REGISTRY.keySet().stream().sorted().toList())));
      }
      if (inScope(plugin.scope(), place)) known.onPodCreate(serving, place, plugin.config(), pod);
    }
  }

  private static boolean inScope(@Nullable PluginScope scope, Place place) {
    if (scope == null) return true;
    String role = place.slot().template().role().name();
    if (!scope.roles().isEmpty() && !scope.roles().contains(role)) return false;
    String target = scope.target();
    if (target == null) return true;
    return switch (target) {
      case "", "All" -> true;
      case "Entry" -> place.index() == 0;
      case "Worker" -> place.index() > 0;
      default -> false;
    };
  }
}
