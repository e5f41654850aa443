package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.Schema.Amount;
import io.ergane.api.Schema.Anything;
import io.ergane.api.Schema.Choice;
import io.ergane.api.Schema.Field;
import io.ergane.api.Schema.Flag;
import io.ergane.api.Schema.Items;
import io.ergane.api.Schema.Moment;
import io.ergane.api.Schema.Shape;
import io.ergane.api.Schema.Share;
import io.ergane.api.Schema.Span;
import io.ergane.api.Schema.Table;
import io.ergane.api.Schema.Text;
import io.ergane.api.Schema.Tree;
import io.ergane.api.Schema.Whole;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Objects;

/** Schemas in the dialect of OpenAPI that Kubernetes calls structural. */
final class OpenApiSchema {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

  private OpenApiSchema() {}

  /** The schema of a field's value, with the field's description, default and rules. */
  static ObjectNode of(Field field) {
    ObjectNode node = NODES.objectNode();
    JsonPropertyDescription description =
        field.accessor().getAnnotation(JsonPropertyDescription.class);
    if (description != null) {
      node.put("description", description.value());
    }
    write(field.schema(), node);
    if (field.defaulted()) {
      node.set("default", Encoding.write(field.schema(), Objects.requireNonNull(field.absent())));
    }
    addRules(field.accessor(), node);
    return node;
  }

  /** The schema of a value. */
  static ObjectNode of(Schema schema) {
    ObjectNode node = NODES.objectNode();
    write(schema, node);
    return node;
  }

  private static void write(Schema schema, ObjectNode node) {
    switch (schema) {
      case Text text -> writeText(text, node.put("type", "string"));
      case Span _ -> node.put("type", "string");
      case Moment _ -> node.put("type", "string").put("format", "date-time");
      case Flag _ -> node.put("type", "boolean");
      case Whole whole -> writeWhole(whole, node.put("type", "integer"));
      case Choice choice -> {
        ArrayNode texts = node.put("type", "string").putArray("enum");
        choice.constants().forEach(constant -> texts.add(constant.text()));
      }
      case Share _ -> writeEither(IntOrPercent.PATTERN, node);
      case Amount _ -> writeEither(Quantity.PATTERN, node);
      case Anything _ -> node.put(PRESERVE, true);
      case Tree tree -> writeTree(tree, node.put("type", "object"));
      case Items items -> {
        node.put("type", "array");
        if (items.min() > 0) {
          node.put("minItems", items.min());
        }
        if (items.max() < Long.MAX_VALUE) {
          node.put("maxItems", items.max());
        }
        if (items.key() != null) {
          node.put("x-kubernetes-list-type", "map");
          node.putArray("x-kubernetes-list-map-keys").add(items.key());
        }
        node.set("items", of(items.item()));
      }
      case Table table -> {
        node.put("type", "object");
        if (table.min() > 0) {
          node.put("minProperties", table.min());
        }
        if (table.max() < Long.MAX_VALUE) {
          node.put("maxProperties", table.max());
        }
        node.set("additionalProperties", of(table.value()));
      }
      case Shape shape -> writeShape(shape, node.put("type", "object"));
    }
  }

  private static void writeEither(String pattern, ObjectNode node) {
    ArrayNode types = node.putArray("anyOf");
    types.addObject().put("type", "integer");
    types.addObject().put("type", "string");
    node.put("pattern", pattern);
    node.put("x-kubernetes-int-or-string", true);
  }

  private static void writeTree(Tree tree, ObjectNode node) {
    if (tree.known() != null) {
      writeShape(tree.known(), node);
    }
    node.put(PRESERVE, true);
    openUp(node);
  }

  /** Lets the objects within an object keep fields that their schema does not name. */
  private static void openUp(JsonNode node) {
    node.forEach(OpenApiSchema::openUp);
    if (node.path("properties").isObject() && node instanceof ObjectNode object) {
      object.put(PRESERVE, true);
    }
  }

  private static void writeText(Text text, ObjectNode node) {
    if (text.min() > 0) {
      node.put("minLength", text.min());
    }
    if (text.max() < Long.MAX_VALUE) {
      node.put("maxLength", text.max());
    }
    if (text.pattern() != null) {
      node.put("pattern", text.pattern().pattern());
    }
  }

  private static void writeWhole(Whole whole, ObjectNode node) {
    node.put("format", whole.wide() ? "int64" : "int32");
    if (whole.min() > Integer.MIN_VALUE) {
      node.put("minimum", whole.min());
    }
    if (whole.max() < Integer.MAX_VALUE) {
      node.put("maximum", whole.max());
    }
  }

  private static void writeShape(Shape shape, ObjectNode node) {
    ObjectNode properties = node.putObject("properties");
    shape.fields().forEach(field -> properties.set(field.name(), of(field)));
    List<String> required =
        shape.fields().stream().filter(Field::required).map(Field::name).toList();
    if (!required.isEmpty()) {
      ArrayNode names = node.putArray("required");
      required.forEach(names::add);
    }
    Class<?> type = shape.constructor().getDeclaringClass();
    if (type.isAnnotationPresent(Atomic.class)) {
      node.put("x-kubernetes-map-type", "atomic");
    }
    addRules(type, node);
  }

  private static void addRules(AnnotatedElement marks, ObjectNode node) {
    for (ValidationRule rule : marks.getAnnotationsByType(ValidationRule.class)) {
      node.withArray("x-kubernetes-validations")
          .addObject()
          .put("rule", rule.value())
          .put("message", rule.message());
    }
  }
}
