package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing.Role;

/** What a role replica is made from: a role as it is in a revision. */
record Template(String revision, Role role) {
  /** Pods of one replica. */
  int pods() {
    return 1 + Math.max(0, role.workerReplicas());
  }

  /** Whether workers find the entry pod by a service. */
  boolean hasService() {
    return role.workerTemplate() != null;
  }
}
