package io.ergane.dataplane.decision;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What decisions look at of a request, beside its body. */
public interface RequestView {
  /** The URL path without query. */
  String path();

  /**
   * The first value of a header.
   *
   * @param lowerCaseName the header's name in lower case
   */
  @Nullable String header(String lowerCaseName);

  /**
   * The only endpoints that may be chosen, each as {@code host:port} or as {@code host} for all of
   * its ports; null for no such bound.
   */
  default @Nullable Set<String> only() {
    return null;
  }
}
