package io.ergane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.Schema.Field;
import io.ergane.api.Schema.Shape;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes Kubernetes objects from JSON.
 *
 * <p>Decoding never throws and reports everything it finds wrong at once. Unknown fields are
 * refused inside {@code spec} and at the root, and accepted in {@code metadata}, {@code status},
 * pods and pod templates. A JSON null counts as a missing field. Missing fields get their defaults.
 * The status of a custom resource that is not of the expected form counts as empty.
 */
public final class Decoding {
  private static final Map<String, Shape> SHAPES =
      Stream.of(
              ModelRoute.class,
              ModelServer.class,
              ExternalModelProvider.class,
              Pod.class,
              ModelServing.class,
              ModelBooster.class,
              AutoscalingPolicy.class,
              AutoscalingPolicyBinding.class)
          .map(SchemaReader::shapeOf)
          .collect(Collectors.toUnmodifiableMap(Shape::typeName, shape -> shape));

  private static final SortedMap<String, String> API_VERSIONS =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.of(
                  "ModelRoute", Resource.NETWORKING_V1ALPHA1,
                  "ModelServer", Resource.NETWORKING_V1ALPHA1,
                  "ExternalModelProvider", Resource.NETWORKING_V1ALPHA1,
                  "Pod", "v1",
                  "ModelServing", Resource.WORKLOAD_V1ALPHA1,
                  "ModelBooster", Resource.WORKLOAD_V1ALPHA1,
                  "AutoscalingPolicy", Resource.WORKLOAD_V1ALPHA1,
                  "AutoscalingPolicyBinding", Resource.WORKLOAD_V1ALPHA1)));

  private static final Set<String> ROOT =
      new LinkedHashSet<>(List.of("apiVersion", "kind", "status"));

  private Decoding() {}

  /** Decodes one object as its author wrote it. */
  public static Decoded decode(JsonNode node) {
    return decode(node, false);
  }

  /**
   * Decodes one object as an API server stored it, whose definitions may be newer than these
   * records: unknown fields are accepted everywhere.
   */
  public static Decoded decodeStored(JsonNode node) {
    return decode(node, true);
  }

  private static Decoded decode(JsonNode node, boolean lenient) {
    if (!node.isObject()) {
      return broken(node, "", "must be an object, found " + Found.describe(node));
    }
    JsonNode apiVersion = node.path("apiVersion");
    JsonNode kind = node.path("kind");
    if (!apiVersion.isTextual() || !kind.isTextual()) {
      String field = apiVersion.isTextual() ? "kind" : "apiVersion";
      JsonNode found = node.path(field);
      String problem =
          found.isMissingNode() || found.isNull()
              ? "must be specified"
              : "must be text, found " + Found.describe(found);
      return broken(node, field, problem);
    }
    Shape shape = shapeOf(apiVersion.textValue(), kind.textValue());
    if (shape == null) {
      return new Decoded.Ignored(apiVersion.textValue(), kind.textValue());
    }
    Decoded whole = decode(shape, node, lenient);
    return whole instanceof Decoded.Broken && shape.strict()
        ? decode(shape, withReadableStatus(shape, node), lenient)
        : whole;
  }

  private static JsonNode withReadableStatus(Shape shape, JsonNode node) {
    if (statusFindings(shape, node).isEmpty()) {
      return node;
    }
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    node.properties().forEach(entry -> rest.set(entry.getKey(), entry.getValue()));
    return rest.without("status");
  }

  /**
   * Why the status of a custom resource counts as empty although there is one; nothing when it is
   * read, when there is none and when the object is of no kind that is decoded.
   */
  public static List<Finding> unreadableStatus(JsonNode node) {
    Shape shape = shapeOf(node.path("apiVersion").asText(""), node.path("kind").asText(""));
    return shape != null && shape.strict() ? statusFindings(shape, node) : List.of();
  }

  private static List<Finding> statusFindings(Shape shape, JsonNode node) {
    JsonNode status = node.path("status");
    Findings findings = new Findings();
    for (Field field : shape.fields()) {
      if (field.name().equals("status") && !status.isMissingNode()) {
        var _ =
            new NodeReader(findings, true)
                .readShape((Shape) field.schema(), status, "status", Set.of());
      }
    }
    return findings.toList();
  }

  static @Nullable Shape shapeOf(String apiVersion, String kind) {
    return apiVersion.equals(API_VERSIONS.get(kind)) ? SHAPES.get(kind) : null;
  }

  /** The kinds that are decoded, each with its API group and version. */
  public static SortedMap<String, String> apiVersions() {
    return API_VERSIONS;
  }

  private static Decoded decode(Shape shape, JsonNode node, boolean lenient) {
    Findings findings = new Findings();
    Object value = new NodeReader(findings, lenient).readShape(shape, node, "", ROOT);
    ObjectName name = nameOf(node);
    if (name != null) {
      checkName("metadata.name", name.name(), findings);
      checkName("metadata.namespace", name.namespace(), findings);
    }
    if (value instanceof Resource resource) {
      if (findings.isEmpty()) {
        return new Decoded.Ok(resource);
      }
      Admission.check(resource, findings);
    }
    return new Decoded.Broken(shape.typeName(), name, findings.toList());
  }

  private static void checkName(String field, String name, Findings findings) {
    if (!name.isEmpty() && !Labels.isSubdomain(name)) {
      findings.add(
          field,
          "must be at most 253 lower-case letters, digits, '-' and '.', starting and ending with a"
              + " letter or digit, found "
              + Found.quote(name));
    }
  }

  private static Decoded broken(JsonNode node, String field, String problem) {
    JsonNode kind = node.path("kind");
    return new Decoded.Broken(
        kind.isTextual() ? kind.textValue() : null,
        nameOf(node),
        List.of(new Finding(field, problem)));
  }

  private static @Nullable ObjectName nameOf(JsonNode node) {
    JsonNode metadata = node.path("metadata");
    JsonNode name = metadata.path("name");
    String namespace = metadata.path("namespace").asText("");
    return name.isTextual()
        ? new ObjectName(namespace.isEmpty() ? "default" : namespace, name.textValue())
        : null;
  }
}
