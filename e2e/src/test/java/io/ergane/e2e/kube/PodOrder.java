package io.ergane.e2e.kube;

import java.time.Duration;

/** What a pod is told to do instead of what healthy ones do. */
sealed interface PodOrder {
  /** It runs and never becomes ready; a ready one stops being ready. */
  record NeverReady() implements PodOrder {}

  /** No node takes it. */
  record Unschedulable() implements PodOrder {}

  /** Its image cannot be pulled. */
  record ImageMissing() implements PodOrder {}

  /** After its start it takes this long until it is ready. */
  record ReadyAfter(Duration delay) implements PodOrder {}

  /** It ends so long after its deletion, at most its grace period. */
  record EndsAfter(Duration delay) implements PodOrder {}
}
