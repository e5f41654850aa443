package io.ergane.proto.image;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.SchedulingProfile;
import java.util.List;

/** What one resource of an image says. */
sealed interface Part {
  record OfRoute(Route route) implements Part {}

  record OfPool(Pool pool) implements Part {}

  record OfProvider(ObjectName name) implements Part {}

  record OfProfile(SchedulingProfile profile) implements Part {}

  /** Routes, the oldest first. */
  record OfRouteOrder(List<ObjectName> routes) implements Part {}

  record OfEndpoints(EndpointTable table) implements Part {}

  /**
   * Which resources make one whole image.
   *
   * @param image the image's content hash
   * @param resources how many they are
   * @param checksum of all of them
   */
  record OfHead(String image, int resources, long checksum) implements Part {}
}
