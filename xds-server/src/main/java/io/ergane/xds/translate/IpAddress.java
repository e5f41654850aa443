package io.ergane.xds.translate;

/** Tells IP addresses from names without looking anything up. */
final class IpAddress {
  private IpAddress() {}

  /**
   * Whether the text is an IPv4 address in four decimal parts, or has the letters of an IPv6 one.
   */
  static boolean is(String host) {
    return host.indexOf(':') >= 0 ? isV6(host) : isV4(host);
  }

  private static boolean isV6(String host) {
    return host.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0);
  }

  private static boolean isV4(String host) {
    int parts = 0;
    int value = -1;
    for (int i = 0; i <= host.length(); i++) {
      int digit = i < host.length() ? Character.digit(host.charAt(i), 10) : -1;
      if (digit >= 0) {
        value = Math.max(value, 0) * 10 + digit;
        if (value > 255) {
          return false;
        }
      } else if (value >= 0 && (i == host.length() || host.charAt(i) == '.')) {
        parts++;
        value = -1;
      } else {
        return false;
      }
    }
    return parts == 4;
  }
}
