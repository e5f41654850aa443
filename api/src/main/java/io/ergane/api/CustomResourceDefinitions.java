package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.Schema.Shape;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The CustomResourceDefinitions ({@code apiextensions.k8s.io/v1}) of the kinds of this package,
 * made from the records and their annotations.
 */
public final class CustomResourceDefinitions {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private CustomResourceDefinitions() {}

  /** All definitions, by plural name. */
  public static List<ObjectNode> all() {
    return List.of(
        workload(AutoscalingPolicy.class, AutoscalingPolicy.Status.class),
        workload(AutoscalingPolicyBinding.class, AutoscalingPolicyBinding.Status.class),
        networking(ExternalModelProvider.class, ExternalModelProvider.Status.class),
        workload(ModelBooster.class, ModelBooster.Status.class),
        networking(ModelRoute.class, RoutingStatus.class),
        networking(ModelServer.class, RoutingStatus.class),
        scaled(workload(ModelServing.class, ModelServing.Status.class)));
  }

  private static ObjectNode networking(
      Class<? extends Record> kind, @Nullable Class<? extends Record> status) {
    return definition(Resource.NETWORKING_V1ALPHA1, kind, status);
  }

  private static ObjectNode workload(
      Class<? extends Record> kind, @Nullable Class<? extends Record> status) {
    return definition(Resource.WORKLOAD_V1ALPHA1, kind, status);
  }

  /** A definition whose objects autoscalers can scale. */
  private static ObjectNode scaled(ObjectNode definition) {
    ((ObjectNode) definition.at("/spec/versions/0/subresources"))
        .putObject("scale")
        .put("specReplicasPath", ".spec.replicas")
        .put("statusReplicasPath", ".status.replicas")
        .put("labelSelectorPath", ".status.labelSelector");
    return definition;
  }

  private static ObjectNode definition(
      String apiVersion, Class<? extends Record> kind, @Nullable Class<? extends Record> status) {
    int slash = apiVersion.indexOf('/');
    String group = apiVersion.substring(0, slash);
    String name = kind.getSimpleName();
    String singular = name.toLowerCase(Locale.ROOT);
    String plural = singular.replaceFirst("y$", "ie") + "s";
    ObjectNode root = NODES.objectNode();
    root.put("apiVersion", "apiextensions.k8s.io/v1");
    root.put("kind", "CustomResourceDefinition");
    root.putObject("metadata").put("name", plural + "." + group);
    ObjectNode spec = root.putObject("spec");
    spec.put("group", group);
    spec.putObject("names")
        .put("kind", name)
        .put("listKind", name + "List")
        .put("plural", plural)
        .put("singular", singular);
    spec.put("scope", "Namespaced");
    spec.putArray("versions").add(version(apiVersion.substring(slash + 1), kind, status));
    return root;
  }

  private static ObjectNode version(
      String name, Class<? extends Record> kind, @Nullable Class<? extends Record> status) {
    ObjectNode version = NODES.objectNode();
    version.put("name", name).put("served", true).put("storage", true);
    AdditionalPrinterColumn[] columns = kind.getAnnotationsByType(AdditionalPrinterColumn.class);
    if (columns.length > 0) {
      ArrayNode list = version.putArray("additionalPrinterColumns");
      for (AdditionalPrinterColumn column : columns) {
        list.addObject()
            .put("name", column.name())
            .put("type", column.type().getValue())
            .put("jsonPath", column.jsonPath());
      }
    }
    version.putObject("subresources").putObject("status");
    version.putObject("schema").set("openAPIV3Schema", root(kind, status));
    return version;
  }

  private static ObjectNode root(
      Class<? extends Record> kind, @Nullable Class<? extends Record> status) {
    ObjectNode root = NODES.objectNode();
    JsonClassDescription description = kind.getAnnotation(JsonClassDescription.class);
    if (description != null) {
      root.put("description", description.value());
    }
    root.put("type", "object");
    ObjectNode properties = root.putObject("properties");
    properties.putObject("apiVersion").put("type", "string");
    properties.putObject("kind").put("type", "string");
    properties.putObject("metadata").put("type", "object");
    Shape shape = SchemaReader.shapeOf(kind);
    shape.fields().stream()
        .filter(field -> field.name().equals("spec"))
        .forEach(field -> properties.set("spec", OpenApiSchema.of(field)));
    properties.set(
        "status",
        status == null
            ? NODES.objectNode().put("type", "object")
            : OpenApiSchema.of(SchemaReader.shapeOf(status)));
    root.putArray("required").add("spec");
    return root;
  }
}
