package io.ergane.api;

/** A Kubernetes object that Ergane reads: its custom resources, and pods. */
public sealed interface Resource
    permits ModelRoute,
        ModelServer,
        ExternalModelProvider,
        Pod,
        ModelServing,
        ModelBooster,
        AutoscalingPolicy,
        AutoscalingPolicyBinding {
  /** API group and version of the custom resources that configure routing. */
  String NETWORKING_V1ALPHA1 = "networking.serving.volcano.sh/v1alpha1";

  /** API group and version of the custom resources that own pods or scale them. */
  String WORKLOAD_V1ALPHA1 = "workload.serving.volcano.sh/v1alpha1";

  /** API group and version, e.g. {@code networking.serving.volcano.sh/v1alpha1}. */
  String apiVersion();

  /** Kind as manifests spell it, e.g. {@code ModelRoute}. */
  String kind();

  ObjectMeta metadata();

  /** The object's namespace and name. */
  default ObjectName name() {
    return metadata().objectName();
  }
}
