package io.ergane.proto.image;

import java.util.List;

/** Type URLs of the image's resources. */
public final class ImageTypes {
  private static final String PREFIX = "type.googleapis.com/ergane.image.v1.";

  public static final String ROUTE = PREFIX + "Route";
  public static final String POOL = PREFIX + "Pool";
  public static final String PROVIDER = PREFIX + "Provider";
  public static final String PROFILE = PREFIX + "Profile";
  public static final String ROUTE_ORDER = PREFIX + "RouteOrder";
  public static final String ENDPOINTS = PREFIX + "Endpoints";
  public static final String HEAD = PREFIX + "Head";

  /** All of them; a reader subscribes to each with a wildcard. */
  public static final List<String> ALL =
      List.of(POOL, ENDPOINTS, PROVIDER, PROFILE, ROUTE, ROUTE_ORDER, HEAD);

  /** The name of the one profile, the one order of routes and the one head. */
  public static final String IMAGE = "image";

  private ImageTypes() {}
}
