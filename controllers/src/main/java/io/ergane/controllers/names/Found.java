package io.ergane.controllers.names;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a name.
 *
 * @param address the one in use; null when none was ever found
 * @param missed the last lookup found nothing
 */
record Found(@Nullable String address, boolean missed) {

  /** After a lookup: an address that is still among the answers stays, and the last good one. */
  static Found after(@Nullable Found before, List<String> addresses) {
    String used = before == null ? null : before.address();
    if (addresses.isEmpty()) {
      return new Found(used, true);
    }
    return new Found(used != null && addresses.contains(used) ? used : addresses.getFirst(), false);
  }
}
