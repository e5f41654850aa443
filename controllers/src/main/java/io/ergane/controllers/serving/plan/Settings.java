package io.ergane.controllers.serving.plan;

import io.ergane.api.GoDuration;
import io.ergane.api.IntOrPercent;
import io.ergane.api.IntOrPercent.Rounding;
import io.ergane.api.ModelServing;
import io.ergane.api.ModelServing.RecoveryPolicy;
import io.ergane.api.ModelServing.Role;
import io.ergane.api.ModelServing.RollingUpdate;
import io.ergane.api.ModelServing.RolloutStrategy;
import io.ergane.api.ModelServing.RolloutType;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a ModelServing asks for, with shares resolved to numbers.
 *
 * @param groups ServingGroups wanted
 * @param partition ordinals below it keep their revision
 * @param maxUnavailable ServingGroups that may be unavailable through us, at least 1: with 0, which
 *     a share of few groups gives, no rollout would ever move
 * @param drain how long a pod may go on with its requests; zero: not at all
 */
record Settings(
    ModelServing serving,
    String name,
    int groups,
    int partition,
    int maxUnavailable,
    boolean byRole,
    RecoveryPolicy recovery,
    Duration grace,
    Duration drain) {

  /** The scheduler that knows PodGroups. */
  static final String VOLCANO = "volcano";

  private static final long LONGEST_GRACE = Duration.ofDays(365).toSeconds();

  static final Duration DEFAULT_DRAIN = Duration.ofMinutes(5);

  static Settings of(Observed observed) {
    ModelServing serving = observed.serving();
    ModelServing.Spec spec = serving.spec();
    RolloutStrategy strategy = spec.rolloutStrategy();
    RollingUpdate update = strategy == null ? null : strategy.rollingUpdateConfiguration();
    IntOrPercent partition = update == null ? null : update.partition();
    IntOrPercent unavailable = update == null ? IntOrPercent.of(1) : update.maxUnavailable();
    int groups = Math.max(0, spec.replicas());
    return new Settings(
        serving,
        serving.metadata().name(),
        groups,
        resolve(partition, groups),
        Math.max(1, unavailable.of(groups, Rounding.DOWN)),
        spec.rolloutType() == RolloutType.ROLE_ROLLING_UPDATE,
        spec.recoveryPolicy(),
        Duration.ofSeconds(
            Math.clamp(spec.template().restartGracePeriodSeconds(), 0, LONGEST_GRACE)),
        observed.drains() ? drain(serving) : Duration.ZERO);
  }

  private static int resolve(@Nullable IntOrPercent partition, int total) {
    return partition == null ? 0 : Math.max(0, partition.of(total, Rounding.UP));
  }

  private static Duration drain(ModelServing serving) {
    String text = serving.metadata().annotations().get(Names.DRAIN_TIMEOUT);
    if (text == null) return DEFAULT_DRAIN;
    try {
      Duration given = GoDuration.parse(text);
      return given.isNegative() ? Duration.ZERO : given;
    } catch (IllegalArgumentException _) {
      return DEFAULT_DRAIN;
    }
  }

  /** Whether an owner is this ModelServing, and not a deleted one of the same name. */
  boolean owns(@Nullable String ownerUid) {
    return Objects.equals(ownerUid, serving.metadata().uid());
  }

  /** Whether a group keeps the revision it has. */
  boolean keepsRevision(int ordinal) {
    return ordinal < partition;
  }

  /** Replicas of a role, from the first on, that keep their template. */
  int rolePartition(Role role) {
    return byRole ? resolve(role.partition(), role.replicas()) : 0;
  }

  /** Replicas of a role that may be unavailable through us, at least 1. */
  static int roleMaxUnavailable(Role role) {
    return Math.max(1, role.maxUnavailable().of(role.replicas(), Rounding.DOWN));
  }
}
