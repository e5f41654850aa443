package io.ergane.controllers.kubernetes;

import io.ergane.api.Moments;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads fields of JSON trees; what is missing or of another type reads as empty. */
public final class Fields {
  private Fields() {}

  /** The value at a path of field names; null when there is none. */
  public static @Nullable Object at(Map<String, ?> tree, String... path) {
    Object at = tree;
    for (String field : path) {
      at = at instanceof Map<?, ?> map ? map.get(field) : null;
    }
    return at;
  }

  /** Text, empty when there is none. */
  public static String text(Map<String, ?> tree, String... path) {
    return at(tree, path) instanceof String text ? text : "";
  }

  /** A whole number. */
  public static long number(Map<String, ?> tree, long otherwise, String... path) {
    return at(tree, path) instanceof Number number ? number.longValue() : otherwise;
  }

  /** Whether the value is true. */
  public static boolean flag(Map<String, ?> tree, String... path) {
    return Boolean.TRUE.equals(at(tree, path));
  }

  /** A moment in RFC 3339; null when there is none. */
  public static @Nullable Instant instant(Map<String, ?> tree, String... path) {
    return instant(text(tree, path));
  }

  /** A moment in RFC 3339; null when the text is something else. */
  public static @Nullable Instant instant(String text) {
    return text.isEmpty() ? null : Moments.parse(text);
  }

  /** A map, empty when there is none. */
  public static Map<String, Object> map(Map<String, ?> tree, String... path) {
    return typed(at(tree, path));
  }

  @SuppressWarnings("unchecked") // Keys of JSON objects are text.
  private static Map<String, Object> typed(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /** The maps of a list, empty when there is none. */
  public static List<Map<String, Object>> maps(Map<String, ?> tree, String... path) {
    List<Map<String, Object>> maps = new ArrayList<>();
    if (at(tree, path) instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?>) {
          maps.add(typed(each));
        }
      }
    }
    return maps;
  }

  /** A map of texts, such as labels. */
  public static Map<String, String> texts(Map<String, ?> tree, String... path) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(tree, path)
        .forEach((key, value) -> {
          if (value instanceof String text) {
            texts.put(key, text);
          }
        });
    return texts;
  }
}
