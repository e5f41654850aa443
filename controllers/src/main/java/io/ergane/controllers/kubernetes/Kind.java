package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A kind of namespaced objects, and where the API server keeps them.
 *
 * @param apiVersion {@code v1}, or a group and a version joined by a slash
 * @param plural name of the kind in paths
 */
public record Kind(String apiVersion, String name, String plural) {
  public static final Kind POD = new Kind("v1", "Pod", "pods");
  public static final Kind SERVICE = new Kind("v1", "Service", "services");
  public static final Kind EVENT = new Kind("v1", "Event", "events");
  public static final Kind LEASE = new Kind("coordination.k8s.io/v1", "Lease", "leases");
  public static final Kind CONTROLLER_REVISION =
      new Kind("apps/v1", "ControllerRevision", "controllerrevisions");
  public static final Kind POD_GROUP =
      new Kind("scheduling.volcano.sh/v1beta1", "PodGroup", "podgroups");
  public static final Kind LEADER_WORKER_SET =
      new Kind("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "leaderworkersets");
  public static final Kind MODEL_ROUTE = networking("ModelRoute");
  public static final Kind MODEL_SERVER = networking("ModelServer");
  public static final Kind EXTERNAL_MODEL_PROVIDER = networking("ExternalModelProvider");
  public static final Kind MODEL_SERVING =
      new Kind("workload.serving.volcano.sh/v1alpha1", "ModelServing", "modelservings");

  private static Kind networking(String name) {
    String plural = name.toLowerCase(java.util.Locale.ROOT) + "s";
    return new Kind(Resource.NETWORKING_V1ALPHA1, name, plural);
  }

  /**
   * Path of all objects, or of those of a namespace.
   *
   * @param namespace null for all
   */
  String path(@Nullable String namespace) {
    String root = apiVersion.indexOf('/') < 0 ? "/api/" : "/apis/";
    String within = namespace == null ? "" : "/namespaces/" + encode(namespace);
    return root + apiVersion + within + "/" + plural;
  }

  /** Path of one object. */
  String path(ObjectName object) {
    return path(object.namespace()) + "/" + encode(object.name());
  }

  /** Path of the definition of a custom kind. */
  String definitionPath() {
    String group = apiVersion.substring(0, apiVersion.indexOf('/'));
    return "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + plural + "." + group;
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return name;
  }
}
