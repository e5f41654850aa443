package io.ergane.proxy.http1;

/** Classes of ASCII bytes and comparisons without regard to case. */
public final class Ascii {
  private static final byte TOKEN = 1;
  private static final byte FIELD = 2;
  private static final byte TARGET = 4;
  private static final byte[] CLASSES = classes();

  private Ascii() {}

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int b = 0; b < 256; b++) {
      boolean visible = b > 0x20 && b < 0x7f;
      boolean letterOrDigit =
          (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
      if (letterOrDigit || (visible && "!#$%&'*+-.^_`|~".indexOf(b) >= 0)) {
        classes[b] |= TOKEN;
      }
      if (visible || b == ' ' || b == '\t' || b >= 0x80) {
        classes[b] |= FIELD;
      }
      if (visible) {
        classes[b] |= TARGET;
      }
    }
    return classes;
  }

  static boolean isToken(byte b) {
    return (CLASSES[b & 0xff] & TOKEN) != 0;
  }

  static boolean isFieldByte(byte b) {
    return (CLASSES[b & 0xff] & FIELD) != 0;
  }

  /** Whether the byte is ASCII, printable and no space. */
  public static boolean isVisible(byte b) {
    return (CLASSES[b & 0xff] & TARGET) != 0;
  }

  static int lower(int b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  /**
   * Whether the bytes are those of {@code lowerCase} but for case.
   *
   * @param lowerCase ASCII without upper-case letters
   */
  public static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
    if (end - start != lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      if (lower(bytes[start + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the bytes begin with {@code lowerCase} but for case. */
  public static boolean startsWithIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
    return end - start >= lowerCase.length()
        && equalsIgnoreCase(bytes, start, start + lowerCase.length(), lowerCase);
  }
}
