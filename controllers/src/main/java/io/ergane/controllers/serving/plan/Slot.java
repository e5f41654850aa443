package io.ergane.controllers.serving.plan;

import java.util.List;

/**
 * Pods that are to be created in a role replica.
 *
 * @param group name of its ServingGroup
 * @param groupOrdinal ordinal of its ServingGroup
 * @param ordinal of the replica
 * @param indices of the pods, ascending
 */
record Slot(String group, int groupOrdinal, Template template, int ordinal, List<Integer> indices) {

  String id() {
    return Names.roleId(template.role().name(), ordinal);
  }
}
