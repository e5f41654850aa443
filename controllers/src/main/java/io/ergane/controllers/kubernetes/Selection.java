package io.ergane.controllers.kubernetes;

import org.jspecify.annotations.Nullable;

/**
 * Which objects of a kind a cache holds.
 *
 * @param namespace null for all
 * @param labels a label selector as the API server reads it, e.g. {@code app in (a,b)}; empty for
 *     all
 */
public record Selection(@Nullable String namespace, String labels) {
  public static final Selection ALL = new Selection(null, "");

  /** The objects that carry a label. */
  public static Selection labelled(@Nullable String namespace, String key) {
    return new Selection(namespace, key);
  }

  @Override
  public String toString() {
    String where = namespace == null ? "" : " in namespace " + namespace;
    return labels.isEmpty() ? where.strip() : "with " + labels + where;
  }
}
