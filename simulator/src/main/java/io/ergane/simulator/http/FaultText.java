package io.ergane.simulator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.simulator.http.Fault.Garbage;
import io.ergane.simulator.http.Fault.Point;
import java.util.Locale;
import java.util.Map;

/**
 * Reads faults. JSON: {@code {"status":503,"retryAfter":2,"count":3}}, {@code
 * {"reset":"mid-stream"}}, {@code {"stall":true}}, {@code {"slowFactor":10}}, {@code
 * {"garbage":true,"path":"/metrics"}}. In a header also {@code status=503;retryAfter=2} and a bare
 * {@code stall}.
 */
final class FaultText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ACCEPTED =
      "Accepted: status (200-599), retryAfter (seconds), reset and stall (before-headers, after-headers,"
          + " mid-stream; true is before-headers), garbage (true, body), slowFactor (above 0), count (1 or more),"
          + " path.";

  private FaultText() {}

  /**
   * @throws IllegalArgumentException if the text is no fault, with what is accepted
   */
  static Fault parse(String text) {
    String trimmed = text.trim();
    if (!trimmed.startsWith("{")) {
      return read(words(trimmed));
    }
    try {
      return read(JSON.readTree(trimmed));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage() + ". " + ACCEPTED, e);
    }
  }

  private static ObjectNode words(String text) {
    ObjectNode fields = JSON.createObjectNode();
    for (String word : text.split("[;,]")) {
      int equals = word.indexOf('=');
      String name = (equals < 0 ? word : word.substring(0, equals)).trim();
      String value = equals < 0 ? "true" : word.substring(equals + 1).trim();
      if (!name.isEmpty()) {
        fields.put(name, value);
      }
    }
    return fields;
  }

  private static Fault read(JsonNode fields) {
    Fault none = Fault.NONE;
    int status = none.status();
    int retryAfter = none.retryAfterSeconds();
    Point reset = none.reset();
    Point stall = none.stall();
    Garbage garbage = none.garbage();
    double slowFactor = none.slowFactor();
    int count = none.count();
    String path = none.path();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      String value = field.getValue().asText();
      try {
        switch (field.getKey()) {
          case "status" -> status = Integer.parseInt(value);
          case "retryAfter" -> retryAfter = Integer.parseInt(value);
          case "count" -> count = Integer.parseInt(value);
          case "slowFactor" -> slowFactor = Double.parseDouble(value);
          case "reset" -> reset = point(value);
          case "stall" -> stall = point(value);
          case "garbage" -> garbage = garbage(value);
          case "path" -> path = value;
          default ->
              throw new IllegalArgumentException(
                  "unknown field " + field.getKey() + ". " + ACCEPTED);
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            field.getKey() + " is a number, found " + value + ". " + ACCEPTED, e);
      }
    }
    return new Fault(status, retryAfter, reset, stall, garbage, slowFactor, count, path);
  }

  private static Point point(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "false" -> Point.NEVER;
      case "true", "before-headers" -> Point.BEFORE_HEADERS;
      case "after-headers" -> Point.AFTER_HEADERS;
      case "mid-stream" -> Point.MID_STREAM;
      default ->
          throw new IllegalArgumentException("no point of an answer: " + value + ". " + ACCEPTED);
    };
  }

  private static Garbage garbage(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "false" -> Garbage.NONE;
      case "true", "protocol" -> Garbage.PROTOCOL;
      case "body" -> Garbage.BODY;
      default -> throw new IllegalArgumentException("no garbage: " + value + ". " + ACCEPTED);
    };
  }
}
