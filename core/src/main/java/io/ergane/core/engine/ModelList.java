package io.ergane.core.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Reads the answer of {@code GET /v1/models} in OpenAI's shape, {@code {"data":[{"id":"…"}, …]}}.
 * Engines list a base model and its loaded LoRA adapters alike.
 */
public final class ModelList {

  private static final JsonFactory JSON = new JsonFactory();

  private ModelList() {}

  /**
   * The distinct {@code data[].id} strings in the order given, other members ignored; empty when
   * the bytes are not JSON or have no {@code data} array at their top.
   */
  public static Optional<List<String>> parse(byte[] body) {
    return parse(body, 0, body.length);
  }

  /** As {@link #parse(byte[])}, of {@code length} bytes from {@code offset}. */
  public static Optional<List<String>> parse(byte[] body, int offset, int length) {
    try (JsonParser json = JSON.createParser(body, offset, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      SequencedSet<String> ids = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isData = json.currentName().equals("data");
        if (json.nextToken() == JsonToken.START_ARRAY && isData) {
          ids = readCards(json);
        } else {
          json.skipChildren();
        }
      }
      return ids == null ? Optional.empty() : Optional.of(List.copyOf(ids));
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  private static SequencedSet<String> readCards(JsonParser json) throws IOException {
    SequencedSet<String> ids = new LinkedHashSet<>();
    for (JsonToken token = json.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (token == JsonToken.START_OBJECT) {
        readCard(json, ids);
      } else {
        json.skipChildren();
      }
    }
    return ids;
  }

  private static void readCard(JsonParser json, SequencedSet<String> ids) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isId = json.currentName().equals("id");
      if (json.nextToken() == JsonToken.VALUE_STRING && isId && !json.getText().isEmpty()) {
        ids.add(json.getText());
      } else {
        json.skipChildren();
      }
    }
  }
}
