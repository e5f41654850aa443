package io.ergane.dataplane.decision;

import java.util.Locale;

/** Paths with dot segments (RFC 3986, section 3.3), which a server may resolve to another path. */
final class Ascending {
  private Ascending() {}

  /**
   * Whether a segment is {@code .} or {@code ..} for a server that decodes percent signs, takes a
   * backslash for a slash or cuts parameters off.
   */
  static boolean leaves(String path) {
    if (path.indexOf('.') < 0 && path.indexOf('%') < 0) {
      return false;
    }
    String plain =
        path.toLowerCase(Locale.ROOT)
            .replace("%2e", ".")
            .replace("%2f", "/")
            .replace("%5c", "/")
            .replace('\\', '/');
    for (String segment : plain.split("/")) {
      String name = segment.contains(";") ? segment.substring(0, segment.indexOf(';')) : segment;
      if (name.equals(".") || name.equals("..")) {
        return true;
      }
    }
    return false;
  }
}
