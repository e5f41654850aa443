package io.ergane.controllers.admission;

import io.ergane.api.ObjectName;
import java.io.IOException;

/** Objects of the cluster that a reviewed one refers to. */
public interface Neighbours {
  /** Knows every object, and so never refuses one for a missing neighbour. */
  Neighbours ALL = _ -> true;

  /**
   * Whether there is an AutoscalingPolicy of this name.
   *
   * @throws IOException when that cannot be found out now
   */
  boolean policyExists(ObjectName policy) throws IOException;
}
