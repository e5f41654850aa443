package io.ergane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON values as plain Java values: {@code Map}, {@code List}, {@code String}, {@code Boolean},
 * {@code Long}, {@code Double}, {@code BigDecimal} for whole numbers beyond 64 bits, and null. All
 * are immutable, and maps keep the order in which their keys were written.
 */
public final class JsonTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Digits up to which a whole number is written out. */
  private static final int LONGEST_WHOLE = 1000;

  private JsonTree() {}

  /** The value of a JSON node. */
  public static @Nullable Object of(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
          map.put(entry.getKey(), of(entry.getValue()));
        }
        yield Collections.unmodifiableMap(map);
      }
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>(node.size());
        for (JsonNode item : node) {
          list.add(of(item));
        }
        yield Collections.unmodifiableList(list);
      }
      case NUMBER -> number(node.numberValue());
      case BOOLEAN -> node.booleanValue();
      case STRING, BINARY, POJO -> node.asText();
      case NULL, MISSING -> null;
    };
  }

  /**
   * An immutable copy of a value.
   *
   * @throws IllegalArgumentException if something in it is not a JSON value
   */
  public static @Nullable Object copyOf(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> given -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : given.entrySet()) {
          map.put((String) entry.getKey(), copyOf(entry.getValue()));
        }
        yield Collections.unmodifiableMap(map);
      }
      case List<?> given -> {
        List<@Nullable Object> list = new ArrayList<>(given.size());
        for (Object item : given) {
          list.add(copyOf(item));
        }
        yield Collections.unmodifiableList(list);
      }
      case Number number -> number(number);
      case String text -> text;
      case Boolean flag -> flag;
      case null -> null;
      default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
    };
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> copyOf(Map<String, Object> map) {
    Object copy = copyOf((Object) map);
    return copy instanceof Map<?, ?> ? (Map<String, Object>) copy : Map.of();
  }

  private static Number number(Number number) {
    return switch (number) {
      case Long _, Double _ -> number;
      case Integer _, Short _, Byte _ -> number.longValue();
      case Float _ -> number.doubleValue();
      default -> decimal(new BigDecimal(number.toString()).stripTrailingZeros());
    };
  }

  private static Number decimal(BigDecimal number) {
    boolean narrow = whole(number) && number.toBigInteger().bitLength() < Long.SIZE;
    return narrow ? (Number) number.longValue() : number;
  }

  private static boolean whole(BigDecimal number) {
    return number.scale() <= 0 && number.precision() - number.scale() <= LONGEST_WHOLE;
  }

  /** The value as a JSON node. */
  public static JsonNode toJson(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          object.set((String) entry.getKey(), toJson(entry.getValue()));
        }
        yield object;
      }
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode();
        for (Object item : list) {
          array.add(toJson(item));
        }
        yield array;
      }
      case BigDecimal number when whole(number) -> NODES.numberNode(number.toBigInteger());
      case BigDecimal number -> NODES.numberNode(number);
      case Number number when number instanceof Double -> NODES.numberNode(number.doubleValue());
      case Number number -> NODES.numberNode(number.longValue());
      case Boolean flag -> NODES.booleanNode(flag);
      case null -> NODES.nullNode();
      default -> NODES.textNode(value.toString());
    };
  }
}
