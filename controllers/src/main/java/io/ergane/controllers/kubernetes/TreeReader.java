package io.ergane.controllers.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects of the API server in one pass into {@code Map}, {@code List}, {@code String},
 * {@code Long}, {@code Double}, {@code BigDecimal} beyond 64 bits, {@code Boolean} and null. What
 * is not asked for is skipped as it comes. So are {@code metadata.managedFields}, which are half of
 * many objects; one that is replaced without them keeps them.
 */
final class TreeReader {
  private static final String METADATA = "metadata";
  private static final String MANAGED_FIELDS = "managedFields";

  private TreeReader() {}

  /**
   * Reads the value at which the parser stands, and leaves the parser at its end.
   *
   * @param fields of the root that are read; empty for all
   * @return an empty map for anything but an object
   */
  static Map<String, Object> object(JsonParser parser, Set<String> fields) throws IOException {
    return object(parser, fields, _ -> true);
  }

  /**
   * As {@link #object(JsonParser, Set)}; what follows the metadata is skipped unless it is wanted.
   *
   * @param wanted is asked once, with the metadata, which API servers write first
   */
  static Map<String, Object> object(
      JsonParser parser, Set<String> fields, Predicate<Map<String, Object>> wanted)
      throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    if (!parser.isExpectedStartObjectToken()) {
      parser.skipChildren();
      return object;
    }
    boolean skips = false;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      if (skips || (!fields.isEmpty() && !fields.contains(name))) {
        parser.skipChildren();
      } else if (name.equals(METADATA) && token == JsonToken.START_OBJECT) {
        Map<String, Object> metadata = map(parser, MANAGED_FIELDS);
        object.put(name, metadata);
        skips = !wanted.test(metadata);
      } else {
        put(object, name, value(parser));
      }
    }
    return object;
  }

  private static Map<String, Object> map(JsonParser parser, String skipped) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      if (name.equals(skipped)) {
        parser.skipChildren();
      } else {
        put(map, name, value(parser));
      }
    }
    return map;
  }

  @SuppressWarnings(
      "NullAway") // A JSON null is kept as it came; who reads a field asks what it is.
  private static void put(Map<String, Object> map, String name, @Nullable Object value) {
    map.put(name, value);
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> map(parser, "");
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? parser.getDecimalValue()
              : (Number) parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IOException("found " + parser.currentToken() + " where a value is expected");
    };
  }
}
