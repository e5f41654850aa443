package io.ergane.controllers.serving.plan;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a ServingGroup should have of one role.
 *
 * @param replicas how many
 * @param template of new replicas
 * @param keptBelow replicas of lower ordinals are made from {@code kept}
 * @param kept template of an older revision
 * @param only when not null, the group awaits its replacement: it keeps exactly these ordinals
 */
record Wanted(
    int replicas,
    Template template,
    int keptBelow,
    @Nullable Template kept,
    @Nullable Set<Integer> only) {

  String role() {
    return template.role().name();
  }

  /** What a replica is made from that does not exist. */
  Template template(int ordinal) {
    return kept != null && ordinal < keptBelow ? kept : template;
  }
}
