package io.ergane.controllers.serving;

import io.ergane.api.ObjectName;
import io.ergane.controllers.kubernetes.Fields;
import io.ergane.controllers.serving.plan.Names;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What objects of all kinds have in common, in JSON trees. */
final class Trees {
  private Trees() {}

  static ObjectName name(Map<String, Object> object) {
    return new ObjectName(
        Fields.text(object, "metadata", "namespace"), Fields.text(object, "metadata", "name"));
  }

  static String uid(Map<String, Object> object) {
    return Fields.text(object, "metadata", "uid");
  }

  static String version(Map<String, Object> object) {
    return Fields.text(object, "metadata", "resourceVersion");
  }

  static Map<String, String> labels(Map<String, Object> object) {
    return Fields.texts(object, "metadata", "labels");
  }

  static boolean terminating(Map<String, Object> object) {
    return !Fields.text(object, "metadata", "deletionTimestamp").isEmpty();
  }

  /** UID of the owner that controls an object; null when none does. */
  static @Nullable String controller(Map<String, Object> object) {
    for (Map<String, Object> owner : Fields.maps(object, "metadata", "ownerReferences")) {
      if (Fields.flag(owner, "controller")) {
        return Fields.text(owner, "uid");
      }
    }
    return null;
  }

  /** The ModelServing whose name an object carries. */
  static ObjectName serving(ObjectName object, Map<String, String> labels) {
    return new ObjectName(object.namespace(), labels.getOrDefault(Names.NAME, ""));
  }
}
