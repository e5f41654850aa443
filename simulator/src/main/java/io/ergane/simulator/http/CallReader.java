package io.ergane.simulator.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/** Reads request bodies as a stream of JSON tokens; what it does not know it skips. */
final class CallReader {
  static final int MAX_BODY_BYTES = 64 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(MAX_BODY_BYTES).build())
          .build();

  private CallReader() {}

  /**
   * @throws IOException if the body is no JSON object or a field has another type than the API's;
   *     the message is for the user
   */
  static EngineCall read(InferenceApi api, byte[] body) throws IOException {
    EngineCall call = new EngineCall(api);
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the body is a JSON object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        json.nextToken();
        readField(call, field, json);
      }
      if (json.nextToken() != null) {
        throw new IOException("the body is one JSON object, found more after it");
      }
    }
    return call;
  }

  private static void readField(EngineCall call, String field, JsonParser json) throws IOException {
    switch (field) {
      case "model" -> call.model = string(field, json);
      case "stream" -> call.stream = flag(field, json);
      case "ignore_eos" -> call.ignoreEnd = flag(field, json);
      case "max_tokens", "max_completion_tokens", "max_output_tokens" ->
          call.maxTokens = number(field, json, call.maxTokens);
      case "top_n" -> call.topN = number(field, json, call.topN);
      case "encoding_format" -> call.base64 = "base64".equals(json.getValueAsString());
      case "stream_options" -> readStreamOptions(call, json);
      case "prompt", "messages", "system", "instructions", "query" -> readText(call, json);
      case "input", "documents" -> readItems(call, json);
      default -> json.skipChildren();
    }
  }

  private static void readStreamOptions(EngineCall call, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      boolean usage = json.currentName().equals("include_usage");
      json.nextToken();
      if (usage) {
        call.usageWanted = flag("stream_options.include_usage", json);
      } else {
        json.skipChildren();
      }
    }
  }

  /** Appends every string and number below the current value. */
  private static void readText(EngineCall call, JsonParser json) throws IOException {
    int depth = 0;
    do {
      JsonToken token = json.currentToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.VALUE_STRING) {
        appendPiece(call, json);
        call.prompt.append((byte) '\n');
      } else if (token == JsonToken.VALUE_NUMBER_INT) {
        call.prompt.appendToken((int) json.getLongValue());
      }
    } while (depth > 0 && json.nextToken() != null);
  }

  private static void appendPiece(EngineCall call, JsonParser json) throws IOException {
    String name = json.currentName();
    int start = call.prompt.length();
    call.prompt.append(json.getText());
    if (!"role".equals(name) && !"type".equals(name)) {
      call.lastPiece = start;
      call.lastPieceEnd = call.prompt.length();
    }
  }

  /** Reads a value or the values of an array; an array of numbers is one value of token ids. */
  private static void readItems(EngineCall call, JsonParser json) throws IOException {
    call.itemsStart = call.prompt.length();
    call.itemEnds.clear();
    if (json.currentToken() != JsonToken.START_ARRAY) {
      readText(call, json);
      call.itemEnds.add(call.prompt.length());
      return;
    }
    boolean ids = false;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      ids = json.currentToken() == JsonToken.VALUE_NUMBER_INT;
      readText(call, json);
      if (!ids) {
        call.itemEnds.add(call.prompt.length());
      }
    }
    if (ids) {
      call.itemEnds.add(call.prompt.length());
    }
  }

  private static String string(String field, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new IOException(field + " is a string, found " + json.currentToken());
    }
    return json.getText();
  }

  private static boolean flag(String field, JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      default -> throw new IOException(field + " is true or false, found " + json.currentToken());
    };
  }

  private static int number(String field, JsonParser json, int absent) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_NUMBER_INT -> {
        int value = json.getIntValue();
        if (value < 1) {
          throw new IOException(field + " must be at least 1, got " + value + ".");
        }
        yield value;
      }
      case VALUE_NULL -> absent;
      default -> throw new IOException(field + " is a number, found " + json.currentToken());
    };
  }
}
