package io.ergane.core.routing;

import io.ergane.api.ObjectName;

/** Where a rule sends a request. Names are resolved in the route's namespace. */
public sealed interface Target {
  ObjectName name();

  /** A ModelServer of the same namespace; it may not exist (yet). */
  record Server(ObjectName name) implements Target {}

  /** An ExternalModelProvider of the same namespace; it may not exist (yet). */
  record Provider(ObjectName name) implements Target {}
}
