package io.ergane.xds.server.session;

import org.jspecify.annotations.Nullable;

/** What is known of one resource at one node. Versions are null while the node has no resource. */
final class Slot {
  /** Version in the last response that carried the resource. */
  @Nullable String sent;

  /** Version that the node last acknowledged: what it runs. */
  @Nullable String acked;

  /** Whether the node knows that there is no such resource. */
  boolean toldAbsent;

  Slot(@Nullable String sent, @Nullable String acked) {
    this.sent = sent;
    this.acked = acked;
  }

  /** Whether this says no more than no slot. */
  boolean isEmpty() {
    return sent == null && acked == null && !toldAbsent;
  }
}
