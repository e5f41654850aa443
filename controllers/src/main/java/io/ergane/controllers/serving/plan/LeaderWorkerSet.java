package io.ergane.controllers.serving.plan;

import io.ergane.api.IntOrPercent;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.Plugin;
import io.ergane.api.ModelServing.PluginType;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ModelServing.RollingUpdate;
import io.ergane.api.ModelServing.RolloutStrategy;
import io.ergane.api.ModelServing.RolloutType;
import io.ergane.api.ObjectMeta;
import io.ergane.api.OwnerReference;
import io.ergane.api.PodTemplate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a LeaderWorkerSet of {@code leaderworkerset.x-k8s.io/v1}, and the ModelServing
 * that stands for it: one group for each replica, with one role {@code default} of a leader and its
 * workers. The pods have the names of a ModelServing's.
 *
 * @param replicas null: 1
 * @param size pods of a replica; null: 1
 * @param leaderTemplate null: that of the workers
 * @param restartPolicy {@code None} leaves restarts to the node; anything else renews the replica
 * @param maxUnavailable of its rolling update; null: 1
 * @param partition of its rolling update; null: none
 */
public record LeaderWorkerSet(
    ObjectMeta metadata,
    @Nullable Integer replicas,
    @Nullable Integer size,
    @Nullable PodTemplate leaderTemplate,
    PodTemplate workerTemplate,
    @Nullable String restartPolicy,
    @Nullable IntOrPercent maxUnavailable,
    @Nullable IntOrPercent partition) {
  public static final String API_VERSION = "leaderworkerset.x-k8s.io/v1";
  public static final String KIND = "LeaderWorkerSet";
  private static final String ROLE = "default";

  /**
   * What a LeaderWorkerSet reports of its ModelServing.
   *
   * @param replicas that exist
   * @param readyReplicas of them, those that serve
   */
  public record Status(int replicas, int readyReplicas) {}

  /** The ModelServing's spec. */
  public ModelServing.Spec spec() {
    int workers = Math.max((size == null ? 1 : size) - 1, 0);
    Role role =
        new Role(
            ROLE,
            1,
            leaderTemplate == null ? workerTemplate : leaderTemplate,
            workers,
            workerTemplate,
            IntOrPercent.of(1),
            null);
    RollingUpdate update =
        new RollingUpdate(maxUnavailable == null ? IntOrPercent.of(1) : maxUnavailable, partition);
    return new ModelServing.Spec(
        replicas == null ? 1 : replicas,
        Settings.VOLCANO,
        List.of(new Plugin(LwsStandardLabels.NAME, PluginType.BUILT_IN, null, null)),
        "None".equals(restartPolicy) ? RecoveryPolicy.NONE : RecoveryPolicy.ROLE_RECREATE,
        new RolloutStrategy(RolloutType.SERVING_GROUP_ROLLING_UPDATE, update),
        new ModelServing.Template(0, null, null, List.of(role)));
  }

  /** Whether a ModelServing of the same name belongs to somebody else and must not be touched. */
  public boolean conflictsWith(ModelServing existing) {
    return existing.metadata().ownerReferences().stream()
        .noneMatch(owner -> owner.controller() && owner.uid().equals(metadata.uid()));
  }

  /**
   * The ModelServing as it should be.
   *
   * @param existing the one of that name; null: none
   * @return null if nothing is to be written
   */
  public @Nullable ModelServing serving(@Nullable ModelServing existing) {
    if (existing == null) {
      OwnerReference owner =
          new OwnerReference(
              API_VERSION,
              KIND,
              metadata.name(),
              Objects.requireNonNullElse(metadata.uid(), ""),
              true);
      ObjectMeta made =
          new ObjectMeta(
              metadata.name(),
              metadata.namespace(),
              Map.of(),
              Map.of(),
              null,
              null,
              0,
              null,
              null,
              List.of(owner));
      return new ModelServing(made, spec(), ModelServing.Status.EMPTY);
    }
    if (conflictsWith(existing) || text(existing.spec()).equals(text(spec()))) return null;
    return new ModelServing(existing.metadata(), spec(), existing.status());
  }

  /** Equal for specs that mean the same, whatever defaults were filled in. */
  private static String text(ModelServing.Spec spec) {
    List<Map<String, Object>> roles = spec.template().roles().stream().map(RoleTree::of).toList();
    return Canonical.text(roles)
        + spec.replicas()
        + spec.plugins()
        + spec.recoveryPolicy()
        + spec.rolloutStrategy();
  }

  /** What the LeaderWorkerSet reports. */
  public static Status status(ModelServing serving) {
    return new Status(serving.status().replicas(), serving.status().availableReplicas());
  }
}
