package io.ergane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.re2j.Pattern;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns JSON into records, collecting every deviation from the schema. Values outside a range are
 * reported and kept, so that the object can still be examined further; values of a wrong type leave
 * nothing to build a record from.
 */
final class NodeReader {
  /** Stands for a value that could not be read. */
  private enum Unreadable {
    VALUE
  }

  private final Findings findings;
  private final boolean lenient;

  /**
   * @param lenient whether unknown fields are accepted everywhere
   */
  NodeReader(Findings findings, boolean lenient) {
    this.findings = findings;
    this.lenient = lenient;
  }

  private Object refuse(String field, String problem) {
    findings.add(field, problem);
    return Unreadable.VALUE;
  }

  /**
   * Reads an object; no record when it cannot be built.
   *
   * @param passed further field names that are accepted and not read
   */
  Object readShape(Shape shape, JsonNode node, String path, Set<String> passed) {
    if (!node.isObject()) {
      return refuse(path, "must be an object, found " + Found.describe(node));
    }
    Map<String, String> misspelt =
        shape.strict() && !lenient ? reportUnknown(shape, node, path, passed) : Map.of();
    @Nullable Object[] arguments = new @Nullable Object[shape.fields().size()];
    boolean complete = true;
    for (int i = 0; i < arguments.length; i++) {
      Field field = shape.fields().get(i);
      String slip = misspelt.get(field.name());
      Object value =
          slip == null
              ? readField(field, node.get(field.name()), join(path, field.name()))
              : readField(field, node.get(slip), join(path, Found.clean(slip)));
      arguments[i] = value;
      complete &= !(value instanceof Unreadable);
    }
    return complete ? build(shape, arguments) : Unreadable.VALUE;
  }

  private static Object build(Shape shape, @Nullable Object[] arguments) {
    try {
      return shape.constructor().newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot build " + shape.typeName(), e);
    }
  }

  /**
   * Reports the names that no field has.
   *
   * @return what was written, by the name of the field that seems to be meant: it is read as that
   *     field, lest one slip is reported once more as what is missing
   */
  private Map<String, String> reportUnknown(
      Shape shape, JsonNode node, String path, Set<String> passed) {
    Map<String, String> misspelt = new HashMap<>();
    List<String> known =
        shape.fields().stream().map(Field::name).collect(Collectors.toCollection(ArrayList::new));
    known.addAll(passed);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = entry.getKey();
      if (!known.contains(name)) {
        String meant = Suggestion.nearest(name, known);
        findings.add(
            join(path, Found.clean(name)),
            "unknown field; accepted here: " + String.join(", ", known) + didYouMean(meant));
        if (meant != null && !node.has(meant)) {
          misspelt.putIfAbsent(meant, name);
        }
      }
    }
    return misspelt;
  }

  private static String didYouMean(@Nullable String suggestion) {
    return suggestion == null ? "" : ". Did you mean \"" + suggestion + "\"?";
  }

  private @Nullable Object readField(Field field, @Nullable JsonNode node, String path) {
    if (node == null || node.isNull()) {
      if (field.required()) {
        return refuse(path, or(field.refusal(), "must be specified"));
      }
      boolean emptyRecord = field.absent() == null && !field.nullable();
      return emptyRecord && field.schema() instanceof Shape shape
          ? readShape(shape, JsonNodeFactory.instance.objectNode(), path, Set.of())
          : field.absent();
    }
    if (field.schema() instanceof Text text && node.isTextual()) {
      return readText(text, node.textValue(), path, field);
    }
    if (field.schema() instanceof Items items && node.isArray()) {
      reportCount(items.min(), items.max(), node.size(), path, field.refusal());
    }
    return read(field.schema(), node, path);
  }

  private Object readText(Text schema, String value, String path, Field field) {
    int length = value.codePointCount(0, value.length());
    Pattern pattern = schema.pattern();
    boolean needed = schema.min() > 0 || (field.required() && !schema.mayBeEmpty());
    if (length == 0 && needed) {
      findings.add(path, or(field.refusal(), "must not be empty"));
    } else if (length > schema.max()) {
      findings.add(path, "must be at most " + schema.max() + " characters, found " + length);
    } else if (pattern != null && !pattern.matcher(value).find()) {
      findings.add(
          path, or(field.refusal(), "must match " + pattern + ", found " + Found.quote(value)));
    }
    return value;
  }

  private void reportCount(long min, long max, int size, String path, @Nullable String refusal) {
    if (size < min) {
      findings.add(path, or(refusal, "must have at least " + min + " items, found " + size));
    } else if (size > max) {
      findings.add(path, "must have at most " + max + " items, found " + size);
    }
  }

  private Object read(Schema schema, JsonNode node, String path) {
    return switch (schema) {
      case Text _ ->
          node.isTextual()
              ? node.textValue()
              : refuse(path, "must be text, found " + Found.describe(node) + quoteIt(node));
      case Flag _ ->
          node.isBoolean()
              ? node.booleanValue()
              : refuse(path, "must be true or false, found " + Found.describe(node));
      case Whole whole -> readWhole(whole, node, path);
      case Choice choice -> readChoice(choice, node, path);
      case Span _ -> readSpan(node, path);
      case Moment _ -> readMoment(node, path);
      case Share _ -> readShare(node, path);
      case Amount _ -> readAmount(node, path);
      case Anything _ -> tree(node, path);
      case Tree tree -> readTree(tree, node, path);
      case Items items -> readItems(items, node, path);
      case Table table -> readTable(table, node, path);
      case Shape shape -> readShape(shape, node, path, Set.of());
    };
  }

  private static String quoteIt(JsonNode node) {
    return node.isValueNode() && !node.isNull() ? "; put it in quotes" : "";
  }

  private Object readWhole(Whole schema, JsonNode node, String path) {
    boolean fits =
        node.isIntegralNumber()
            && (schema.wide() ? node.canConvertToLong() : node.canConvertToInt());
    String range = range(schema);
    if (!fits) {
      String joint = range.isEmpty() ? "" : range.startsWith("from") ? " " : ", ";
      return refuse(
          path, "must be a whole number" + joint + range + ", found " + Found.describe(node));
    }
    long value = node.longValue();
    if (value < schema.min() || value > schema.max()) {
      findings.add(path, "must be " + range + ", found " + value);
    }
    return schema.wide() ? (Object) value : (Object) (int) value;
  }

  private static String range(Whole schema) {
    boolean bottom = schema.min() > Integer.MIN_VALUE;
    boolean top = schema.max() < Integer.MAX_VALUE;
    if (bottom && top) {
      return "from " + schema.min() + " to " + schema.max();
    }
    return bottom ? "at least " + schema.min() : "";
  }

  private Object readChoice(Choice schema, JsonNode node, String path) {
    List<String> texts = schema.constants().stream().map(Coded::text).toList();
    int index = node.isTextual() ? texts.indexOf(node.textValue()) : -1;
    if (index >= 0) {
      return schema.constants().get(index);
    }
    String near = node.isTextual() ? Suggestion.nearest(node.textValue(), texts) : null;
    return refuse(
        path,
        "Unsupported value: "
            + (node.isTextual() ? Found.quote(node.textValue()) : Found.describe(node))
            + texts.stream()
                .map(Found::quote)
                .collect(Collectors.joining(", ", ": supported values: ", ""))
            + didYouMean(near));
  }

  private Object readSpan(JsonNode node, String path) {
    Duration parsed = node.isTextual() ? GoDuration.tryParse(node.textValue()) : null;
    return parsed != null
        ? parsed
        : refuse(
            path, "must be a duration such as 500ms, 10s or 1m30s, found " + Found.describe(node));
  }

  private Object readMoment(JsonNode node, String path) {
    Instant parsed = node.isTextual() ? Moments.parse(node.textValue()) : null;
    return parsed != null
        ? parsed
        : refuse(
            path, "must be a time such as 2026-01-31T08:30:00Z, found " + Found.describe(node));
  }

  private Object readShare(JsonNode node, String path) {
    IntOrPercent share =
        node.isTextual()
            ? IntOrPercent.tryPercent(node.textValue())
            : node.isIntegralNumber() && node.canConvertToInt()
                ? IntOrPercent.of(node.intValue())
                : null;
    return share != null
        ? share
        : refuse(
            path,
            "must be a whole number or a percentage such as 25%, found " + Found.describe(node));
  }

  private Object readAmount(JsonNode node, String path) {
    boolean readable = node.isTextual() || node.isIntegralNumber();
    Quantity quantity = readable ? Quantity.tryParse(node.asText()) : null;
    return quantity != null
        ? quantity
        : refuse(
            path, "must be a quantity such as 4, \"0.5\" or 2Gi, found " + Found.describe(node));
  }

  private Object readTree(Tree schema, JsonNode node, String path) {
    if (!node.isObject()) {
      return refuse(path, "must be an object, found " + Found.describe(node));
    }
    boolean known =
        schema.known() == null
            || !(readShape(schema.known(), node, path, Set.of()) instanceof Unreadable);
    return known ? tree(node, path) : Unreadable.VALUE;
  }

  private Object tree(JsonNode node, String path) {
    Object tree = JsonTree.of(node);
    return tree != null ? tree : refuse(path, "must be a value, found " + Found.describe(node));
  }

  private Object readItems(Items schema, JsonNode node, String path) {
    if (!node.isArray()) {
      return refuse(path, "must be a list, found " + Found.describe(node));
    }
    if (schema.key() != null) {
      reportTwins(schema.key(), node, path);
    }
    Schema item = schema.item();
    List<Object> values = new ArrayList<>(node.size());
    boolean complete = true;
    for (int i = 0; i < node.size(); i++) {
      JsonNode element = node.get(i);
      String at = path + "[" + i + "]";
      Object value =
          element.isNull() ? refuse(at, noun(item) + " must not be nil") : read(item, element, at);
      values.add(value);
      complete &= !(value instanceof Unreadable);
    }
    return complete ? values : Unreadable.VALUE;
  }

  private void reportTwins(String key, JsonNode node, String path) {
    Set<JsonNode> seen = new HashSet<>();
    for (int i = 0; i < node.size(); i++) {
      JsonNode value = node.get(i).path(key);
      if (value.isTextual() && !seen.add(value)) {
        findings.add(path + "[" + i + "]." + key, "Duplicate value: " + Found.describe(value));
      }
    }
  }

  /** What people call an element, from the record's name: TargetModel is a "target model". */
  private static String noun(Schema item) {
    return item instanceof Shape shape
        ? shape.typeName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT)
        : "item";
  }

  private Object readTable(Table table, JsonNode node, String path) {
    if (!node.isObject()) {
      return refuse(path, "must be an object, found " + Found.describe(node));
    }
    reportCount(table.min(), table.max(), node.size(), path, null);
    Schema schema = table.value();
    Map<String, Object> values = new LinkedHashMap<>();
    boolean complete = true;
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String at = path + "[" + Found.clean(entry.getKey()) + "]";
      Object value =
          entry.getValue().isNull()
              ? refuse(at, "value must not be nil")
              : read(schema, entry.getValue(), at);
      values.put(entry.getKey(), value);
      complete &= !(value instanceof Unreadable);
    }
    return complete ? values : Unreadable.VALUE;
  }

  private static String or(@Nullable String refusal, String usual) {
    return refusal == null ? usual : refusal;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
