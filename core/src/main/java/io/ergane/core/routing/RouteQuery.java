package io.ergane.core.routing;

import org.jspecify.annotations.Nullable;

/** What of a request routes look at. */
public interface RouteQuery {
  /** The model as the client named it. */
  String model();

  /** The URL path without query. */
  String path();

  /**
   * The first value of a header.
   *
   * @param lowerCaseName the header's name in lower case
   */
  @Nullable String header(String lowerCaseName);
}
