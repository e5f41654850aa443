package io.ergane.controllers.serving.plan;

/** Names, label and annotation keys of a ModelServing's objects, as Kthena writes them. */
public final class Names {
  public static final String NAME = "modelserving.volcano.sh/name";
  public static final String GROUP = "modelserving.volcano.sh/group-name";
  public static final String ROLE = "modelserving.volcano.sh/role";
  public static final String ROLE_ID = "modelserving.volcano.sh/role-id";

  /** {@code true} on entry pods; workers do not have it. */
  public static final String ENTRY = "modelserving.volcano.sh/entry";

  public static final String REVISION = "modelserving.volcano.sh/revision";
  public static final String ROLE_TEMPLATE_HASH = "modelserving.volcano.sh/role-template-hash";

  /** Annotation of pods: what a scale-down loses with them, a whole number. */
  public static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  /** Annotation of pods and PodGroups: name of the PodGroup. */
  public static final String POD_GROUP = "scheduling.k8s.io/group-name";

  /** Annotation of pods: name of the Volcano task. */
  public static final String TASK = "volcano.sh/task-spec";

  /** Annotation of a ModelServing: Volcano queue. */
  public static final String QUEUE = "scheduling.volcano.sh/queue-name";

  /** Annotation of pods that leave routing: since when, RFC 3339. */
  public static final String DRAINING = "ergane.io/draining";

  /** Annotation of a ModelServing: how long a pod may go on with its requests, e.g. {@code 5m}. */
  public static final String DRAIN_TIMEOUT = "ergane.io/drain-timeout";

  private Names() {}

  /** Name of the ServingGroup with an ordinal; also that of its PodGroup. */
  static String group(String serving, int ordinal) {
    return serving + "-" + ordinal;
  }

  /** Id of a role replica within its group. */
  static String roleId(String role, int ordinal) {
    return role + "-" + ordinal;
  }

  /** Name of a pod; index 0 is the entry pod, whose name the headless service shares. */
  static String pod(String group, String roleId, int index) {
    return group + "-" + roleId + "-" + index;
  }

  /** Name of the ControllerRevision of a revision. */
  static String revision(String serving, String revision) {
    return serving + "-" + revision;
  }

  /** What {@code name} ends in after {@code prefix-}: a decimal number, or -1. */
  static int ordinal(String prefix, String name) {
    int digits = prefix.length() + 1;
    if (name.length() <= digits || name.length() > digits + 9) return -1;
    if (!name.startsWith(prefix) || name.charAt(digits - 1) != '-') return -1;
    int value = 0;
    for (int i = digits; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') return -1;
      value = 10 * value + (c - '0');
    }
    return value;
  }
}
