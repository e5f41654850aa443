package io.ergane.controllers.yaml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON values, one after another, as trees. A key that appears twice is refused. */
final class JsonTree {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonParser parser;
  private final Tree tree;

  private JsonTree(JsonParser parser, Tree tree) {
    this.parser = parser;
    this.tree = tree;
  }

  /** All values of the text up to the first problem, and that. */
  static List<Parsed> readAll(String text, int mostNodes) {
    List<Parsed> values = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(text)) {
      while (parser.nextToken() != null) {
        Tree tree = new Tree(0, mostNodes);
        JsonTree reader = new JsonTree(parser, tree);
        int line = reader.line();
        values.add(new Parsed.Read(tree.document(reader.value("", 0), line)));
      }
    } catch (Unreadable e) {
      values.add(new Parsed.Refused(e.line() + 1, String.valueOf(e.getMessage())));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      values.add(new Parsed.Refused(line, e.getOriginalMessage()));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
    return values;
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr() - 1;
  }

  private JsonNode value(String path, int depth) throws IOException, Unreadable {
    tree.enter(line(), depth);
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(path, depth);
      case START_ARRAY -> array(path, depth);
      case VALUE_STRING -> JSON.textNode(parser.getText());
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? JSON.numberNode(parser.getBigIntegerValue())
              : JSON.numberNode(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> JSON.numberNode(parser.getDecimalValue());
      case VALUE_TRUE -> JSON.booleanNode(true);
      case VALUE_FALSE -> JSON.booleanNode(false);
      case VALUE_NULL -> JSON.nullNode();
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new Unreadable(line(), "found " + token + " where a value is expected");
    };
  }

  private ObjectNode object(String path, int depth) throws IOException, Unreadable {
    ObjectNode object = JSON.objectNode();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (object.has(name)) {
        throw new Unreadable(line(), "the key '%s' appears twice in one object".formatted(name));
      }
      String at = Tree.child(path, name);
      tree.locate(at, line());
      parser.nextToken();
      object.set(name, value(at, depth + 1));
    }
    return object;
  }

  private ArrayNode array(String path, int depth) throws IOException, Unreadable {
    ArrayNode array = JSON.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String at = Tree.child(path, Integer.toString(array.size()));
      tree.locate(at, line());
      array.add(value(at, depth + 1));
    }
    return array;
  }
}
