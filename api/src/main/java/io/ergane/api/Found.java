package io.ergane.api;

import com.fasterxml.jackson.databind.JsonNode;

/** Words for what was found in a manifest: short, on one line, safe to print. */
final class Found {
  private static final int LONGEST = 64;
  private static final int LONGEST_LINE = 512;

  private Found() {}

  static String describe(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> quote(node.textValue());
      case NUMBER -> "the number " + clean(node.asText());
      case BOOLEAN -> node.asText();
      case ARRAY -> "a list";
      case OBJECT, POJO -> "an object";
      case NULL, MISSING -> "null";
      case BINARY -> "binary data";
    };
  }

  /** The beginning of a refusal of a value, as the API server words it. */
  static String invalid(Object found) {
    String text = clean(found.toString());
    boolean number = found instanceof Number || (found instanceof IntOrPercent it && !it.percent());
    return "Invalid value: " + (number ? text : "\"" + text + "\"") + ": ";
  }

  static String quote(String text) {
    return "\"" + clean(text) + "\"";
  }

  /** Without control characters and cut to the length of a word or two. */
  static String clean(String text) {
    return clean(text, LONGEST);
  }

  /** Without control characters and cut to the length of a few lines. */
  static String line(String text) {
    return clean(text, LONGEST_LINE);
  }

  private static String clean(String text, int longest) {
    int end = Math.min(text.length(), longest);
    StringBuilder out = new StringBuilder(end + 1);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean printable = !Character.isISOControl(c) && !Character.isSurrogate(c);
      out.append(printable && c != '\u2028' && c != '\u2029' ? c : '\ufffd');
    }
    return end < text.length() ? out.append('…').toString() : out.toString();
  }
}
