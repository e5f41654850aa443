package io.ergane.xds.server;

/** Text of nodes on its way to logs and terminals. */
final class Printable {
  private Printable() {}

  /** Whether it is no longer than that and has no control characters. */
  static boolean is(String text, int most) {
    return text.length() <= most && text.chars().noneMatch(Character::isISOControl);
  }

  /** The text without control characters but ends of lines and tabs, and no longer than that. */
  static String text(String text, int most) {
    String shown = text.length() <= most ? text : text.substring(0, most) + "…";
    StringBuilder clean = new StringBuilder(shown);
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\t') {
        clean.setCharAt(i, '?');
      }
    }
    return clean.toString();
  }
}
