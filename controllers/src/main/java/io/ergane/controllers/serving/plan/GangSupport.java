package io.ergane.controllers.serving.plan;

/** What the cluster offers for scheduling pods together. */
public enum GangSupport {
  /** No PodGroup kind is installed. */
  NONE,
  /** PodGroups without groups inside. */
  PODGROUP,
  /** PodGroups whose schema has {@code spec.subGroupPolicy}: Volcano 1.14 and newer. */
  PODGROUP_WITH_SUBGROUPS
}
