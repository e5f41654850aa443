package io.ergane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.ergane.api.ScalingBehavior.Pace;
import io.ergane.api.ScalingBehavior.Panic;
import io.ergane.api.ScalingBehavior.ScaleUp;
import io.ergane.api.ScalingBehavior.Select;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pace of autoscaling where a policy says nothing: four replicas or the double a minute up, as
 * many as there are a minute down after five minutes, and no panic. Parts of which a policy says
 * something have the defaults of their schema instead, and only the window is added here.
 */
public final class AutoscalingDefaults {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DOWN_WINDOW = Duration.ofMinutes(5);

  static final Pace SCALE_DOWN = new Pace(0, 100, MINUTE, Select.OR, DOWN_WINDOW);
  static final Pace STABLE = new Pace(4, 100, MINUTE, Select.OR, Duration.ZERO);
  static final Panic PANIC = new Panic(0, Duration.ZERO, 200, Duration.ZERO);
  static final ScaleUp SCALE_UP = new ScaleUp(STABLE, PANIC);

  private AutoscalingDefaults() {}

  /** The pace in force, complete. */
  public static ScalingBehavior complete(@Nullable ScalingBehavior behavior) {
    Pace down = behavior == null ? null : behavior.scaleDown();
    ScaleUp up = behavior == null ? null : behavior.scaleUp();
    Pace stable = up == null ? null : up.stablePolicy();
    Panic panic = up == null ? null : up.panicPolicy();
    return new ScalingBehavior(
        new ScaleUp(
            stable == null ? STABLE : windowed(stable, Duration.ZERO),
            panic == null ? PANIC : panic),
        down == null ? SCALE_DOWN : windowed(down, DOWN_WINDOW));
  }

  private static Pace windowed(Pace pace, Duration window) {
    return pace.stabilizationWindow() != null
        ? pace
        : new Pace(pace.instances(), pace.percent(), pace.period(), pace.selectPolicy(), window);
  }

  /**
   * What a mutating webhook adds to an AutoscalingPolicy that the API server has given the defaults
   * of its schema.
   *
   * @param policy the object as it arrives; nothing is added to one without spec
   */
  public static List<PatchOperation> patch(JsonNode policy) {
    List<PatchOperation> patch = new ArrayList<>();
    if (policy.path("spec").isObject()) {
      patchBehavior(policy.path("spec").path("behavior"), "/spec/behavior", patch);
    }
    return List.copyOf(patch);
  }

  private static void patchBehavior(JsonNode behavior, String path, List<PatchOperation> patch) {
    if (empty(behavior)) {
      patch.add(PatchOperation.add(path, json(new ScalingBehavior(SCALE_UP, SCALE_DOWN))));
      return;
    }
    patchPace(behavior.path("scaleDown"), path + "/scaleDown", SCALE_DOWN, "5m", patch);
    JsonNode up = behavior.path("scaleUp");
    String upPath = path + "/scaleUp";
    if (empty(up)) {
      patch.add(PatchOperation.add(upPath, json(SCALE_UP)));
      return;
    }
    patchPace(up.path("stablePolicy"), upPath + "/stablePolicy", STABLE, "0s", patch);
    if (empty(up.path("panicPolicy"))) {
      patch.add(PatchOperation.add(upPath + "/panicPolicy", json(PANIC)));
    }
  }

  private static void patchPace(
      JsonNode pace, String path, Pace whole, String window, List<PatchOperation> patch) {
    if (empty(pace)) {
      patch.add(PatchOperation.add(path, json(whole)));
    } else if (empty(pace.path("stabilizationWindow"))) {
      patch.add(PatchOperation.add(path + "/stabilizationWindow", TextNode.valueOf(window)));
    }
  }

  private static JsonNode json(Record value) {
    return Encoding.write(SchemaReader.shapeOf(value.getClass()), value);
  }

  /** Whether nothing is said: no value, or an object in which nothing is said. */
  private static boolean empty(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream().allMatch(entry -> empty(entry.getValue()));
    }
    return node.isMissingNode() || node.isNull();
  }
}
