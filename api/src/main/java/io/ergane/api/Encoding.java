package io.ergane.api;

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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes objects as Kubernetes JSON; {@link Decoding} reads back an equal value. */
public final class Encoding {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Encoding() {}

  /**
   * The object as {@code {apiVersion, kind, metadata, spec}}, with {@code status} where the record
   * has one. Defaults are written out; nulls, empty lists and empty maps of optional fields are
   * not.
   */
  public static ObjectNode toJson(Resource resource) {
    Shape shape = Decoding.shapeOf(resource.apiVersion(), resource.kind());
    ObjectNode node = NODES.objectNode();
    node.put("apiVersion", resource.apiVersion());
    node.put("kind", resource.kind());
    return write(Objects.requireNonNull(shape), resource, node);
  }

  /** What {@link #toJson} writes as the status of an object; empty when it writes none. */
  public static JsonNode statusOf(Resource resource) {
    Shape shape = Objects.requireNonNull(Decoding.shapeOf(resource.apiVersion(), resource.kind()));
    for (Field field : shape.fields()) {
      Object status = field.name().equals("status") ? valueOf(field, resource) : null;
      if (status != null) {
        return write(field.schema(), status);
      }
    }
    return NODES.objectNode();
  }

  private static ObjectNode write(Shape shape, Object record, ObjectNode into) {
    for (Field field : shape.fields()) {
      Object value = valueOf(field, record);
      if (value == null) {
        continue;
      }
      JsonNode written = write(field.schema(), value);
      if (field.required() || field.nullable() || !plain(field, value, written)) {
        into.set(field.name(), written);
      }
    }
    return into;
  }

  /** Whether the field would be read the same if it were left out. */
  private static boolean plain(Field field, Object value, JsonNode written) {
    return field.absent() == null
        ? field.schema() instanceof Shape && written.isEmpty()
        : !field.defaulted() && value.equals(field.absent());
  }

  private static @Nullable Object valueOf(Field field, Object record) {
    try {
      return field.accessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + field.name(), e);
    }
  }

  static JsonNode write(Schema schema, Object value) {
    return switch (schema) {
      case Text _, Moment _, Amount _ -> NODES.textNode(value.toString());
      case Flag _ -> NODES.booleanNode((Boolean) value);
      case Whole _ -> NODES.numberNode(((Number) value).longValue());
      case Choice _ -> NODES.textNode(((Coded) value).text());
      case Span _ -> NODES.textNode(GoDuration.print((Duration) value));
      case Share _ -> {
        IntOrPercent share = (IntOrPercent) value;
        yield share.percent() ? NODES.textNode(share.toString()) : NODES.numberNode(share.amount());
      }
      case Anything _, Tree _ -> JsonTree.toJson(value);
      case Items items -> {
        ArrayNode array = NODES.arrayNode();
        ((List<?>) value).forEach(item -> array.add(write(items.item(), item)));
        yield array;
      }
      case Table table -> {
        ObjectNode object = NODES.objectNode();
        ((Map<?, ?>) value)
            .forEach((key, item) -> object.set((String) key, write(table.value(), item)));
        yield object;
      }
      case Shape shape -> write(shape, value, NODES.objectNode());
    };
  }
}
