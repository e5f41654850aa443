package io.ergane.core.engine;

import java.util.List;

/**
 * The labels and value of one sample line, as positions in the text it was read from; reused from
 * line to line.
 *
 * <p>Grammar after the name: {@code [{label="value", …[,]}] value [timestamp] [# exemplar]}, blanks
 * anywhere between. What follows the value is not read.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
final class SampleLine {

  private static final int MAX_LABELS = 64;
  private static final int FIELDS = 4;

  private byte[] text = {};
  private int at;
  private int to;
  private double value;
  private int labels;

  /** Start and end of name, start and end of value, label by label. */
  private final int[] spans = new int[MAX_LABELS * FIELDS];

  /**
   * Reads a line from behind its name; false when it cannot be read, and nothing else of this
   * object means anything then.
   */
  boolean read(byte[] line, int from, int end) {
    text = line;
    at = from;
    to = end;
    labels = 0;
    skipBlanks();
    if (at < to && text[at] == '{' && !readLabels()) {
      return false;
    }
    skipBlanks();
    int start = at;
    while (at < to && !isBlank(text[at])) {
      at++;
    }
    if (!DecimalText.isNumber(text, start, at)) {
      return false;
    }
    value = DecimalText.parse(text, start, at);
    return true;
  }

  double value() {
    return value;
  }

  boolean has(Cell.LabelIs wanted) {
    int label = find(wanted.label());
    return label >= 0 && equal(spans[label + 2], spans[label + 3], wanted.value());
  }

  /** The product of these labels' values; NaN when one is missing or not a number. */
  double product(List<String> factors) {
    double product = 1;
    for (int i = 0; i < factors.size(); i++) {
      int label = find(factors.get(i));
      if (label < 0 || !DecimalText.isNumber(text, spans[label + 2], spans[label + 3])) {
        return Double.NaN;
      }
      product *= DecimalText.parse(text, spans[label + 2], spans[label + 3]);
    }
    return product;
  }

  private boolean readLabels() {
    at++;
    while (true) {
      skipBlanks();
      if (at < to && text[at] == '}') {
        at++;
        return true;
      }
      if (!readLabel()) {
        return false;
      }
      skipBlanks();
      if (at < to && text[at] == ',') {
        at++;
      } else if (at >= to || text[at] != '}') {
        return false;
      }
    }
  }

  private boolean readLabel() {
    int name = at;
    while (at < to && text[at] != '=' && !isBlank(text[at])) {
      at++;
    }
    int nameEnd = at;
    skipBlanks();
    if (nameEnd == name || at >= to || text[at++] != '=') {
      return false;
    }
    skipBlanks();
    if (at >= to || text[at++] != '"') {
      return false;
    }
    int start = at;
    while (at < to && text[at] != '"') {
      at += text[at] == '\\' ? 2 : 1;
    }
    if (at >= to || labels == MAX_LABELS) {
      return false;
    }
    int span = labels++ * FIELDS;
    spans[span] = name;
    spans[span + 1] = nameEnd;
    spans[span + 2] = start;
    spans[span + 3] = at++;
    return true;
  }

  private int find(String label) {
    for (int span = 0; span < labels * FIELDS; span += FIELDS) {
      if (equal(spans[span], spans[span + 1], label)) {
        return span;
      }
    }
    return -1;
  }

  /** Compares with ASCII text; an escaped value never equals one. */
  private boolean equal(int from, int end, String ascii) {
    if (end - from != ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (text[from + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void skipBlanks() {
    while (at < to && isBlank(text[at])) {
      at++;
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }
}
