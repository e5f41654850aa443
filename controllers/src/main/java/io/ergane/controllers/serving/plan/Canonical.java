package io.ergane.controllers.serving.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One text for all spellings of a pod template that mean the same, so that a template which was
 * read, defaulted and written by another program is known again: fields at their zero value are
 * left out as the Kubernetes types in Go leave them out, keys are sorted, numbers and quantities
 * are plain.
 */
final class Canonical {
  private static final Set<String> FALSE_IS_ABSENT =
      Set.of("hostNetwork", "hostPID", "hostIPC", "stdin", "stdinOnce", "tty", "readOnly");
  private static final Set<String> ZERO_IS_ABSENT =
      Set.of(
          "initialDelaySeconds",
          "timeoutSeconds",
          "periodSeconds",
          "successThreshold",
          "failureThreshold",
          "hostPort");

  /** Maps from text to text, in which an empty text means something. */
  private static final Set<String> TEXT_MAPS =
      Set.of("labels", "annotations", "nodeSelector", "matchLabels");

  private static final Set<String> EMPTY_IS_ABSENT =
      Set.of(
          "resources",
          "metadata",
          "status",
          "securityContext",
          "limits",
          "requests",
          "labels",
          "annotations",
          "nodeSelector",
          "matchLabels");
  private static final Set<String> QUANTITY_MAPS =
      Set.of("limits", "requests", "overhead", "capacity", "minResources");
  private static final Set<String> QUANTITIES = Set.of("sizeLimit", "divisor");
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int HASH_LENGTH = 10;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Canonical() {}

  /** The canonical text of a JSON tree. */
  static String text(@Nullable Object tree) {
    StringBuilder out = new StringBuilder();
    write(normal("", "", tree), out);
    return out.toString();
  }

  /**
   * A short hash of a text, fit for a label value and a part of a name: 64-bit FNV-1a (Fowler,
   * Noll, Vo) in an alphabet without vowels.
   */
  static String hash(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ (text.charAt(i) & 0xff)) * FNV_PRIME;
      hash = (hash ^ (text.charAt(i) >>> 8)) * FNV_PRIME;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < HASH_LENGTH; i++) {
      out.append(ALPHABET.charAt((int) Long.remainderUnsigned(hash, ALPHABET.length())));
      hash = Long.divideUnsigned(hash, ALPHABET.length());
    }
    return out.toString();
  }

  private static @Nullable Object normal(String parent, String key, @Nullable Object value) {
    if (TEXT_MAPS.contains(parent)) return value;
    if (value != null && (QUANTITY_MAPS.contains(parent) || QUANTITIES.contains(key))) {
      return quantity(key, value);
    }
    return switch (value) {
      case Map<?, ?> map -> {
        TreeMap<String, Object> kept = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          String name = String.valueOf(entry.getKey());
          Object item = normal(key, name, entry.getValue());
          if (item != null) kept.put(name, item);
        }
        yield (kept.isEmpty() && EMPTY_IS_ABSENT.contains(key)) ? null : kept;
      }
      case List<?> list -> {
        List<Object> items = new ArrayList<>(list.size());
        for (Object item : list) items.add(item(key, item));
        yield items.isEmpty() ? null : items;
      }
      case String text -> absent(key, text) ? null : text;
      case Boolean flag -> (!flag && FALSE_IS_ABSENT.contains(key)) ? null : flag;
      case Number number -> {
        String plain = plain(number);
        yield (plain.equals("0") && ZERO_IS_ABSENT.contains(key)) ? null : new Plain(plain);
      }
      case null -> null;
      default -> value.toString();
    };
  }

  /** Texts in a list count even when they are empty. */
  private static Object item(String key, @Nullable Object item) {
    if (item instanceof String text) return text;
    Object normal = normal("", key, item);
    return normal == null ? Map.of() : normal;
  }

  private static boolean absent(String key, String text) {
    return (text.isEmpty() && !key.equals("storageClassName"))
        || (key.equals("protocol") && text.equals("TCP"));
  }

  private static @Nullable Object quantity(String key, Object value) {
    ResourceAmount quantity = ResourceAmount.parse(value);
    if (quantity == null) return value;
    return (key.equals("divisor") && quantity.plain().equals("0"))
        ? null
        : new Plain(quantity.plain());
  }

  private static String plain(Number number) {
    if (number instanceof Long || number instanceof Integer) return number.toString();
    BigDecimal value = new BigDecimal(number.toString());
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    switch (value) {
      case Map<?, ?> map -> {
        out.append('{');
        new TreeMap<Object, Object>(map)
            .forEach((key, item) -> {
              quote(key.toString(), out);
              out.append(':');
              write(item, out);
              out.append(',');
            });
        out.append('}');
      }
      case List<?> list -> {
        out.append('[');
        for (Object item : list) {
          write(item, out);
          out.append(',');
        }
        out.append(']');
      }
      case String text -> quote(text, out);
      case null -> out.append("null");
      default -> out.append(value);
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"' || next == '\\') out.append('\\');
      out.append(next);
    }
    out.append('"');
  }

  /** A number, written without quotes. */
  private record Plain(String digits) {
    @Override
    public String toString() {
      return digits;
    }
  }
}
