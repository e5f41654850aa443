package io.ergane.core.routing;

/**
 * Where something listens.
 *
 * @param host IP address or DNS name, IPv6 without brackets
 * @param port 0 to 65535; 0 where any free one will do
 */
public record HostPort(String host, int port) {

  /**
   * Reads {@code HOST:PORT}, IPv6 addresses in brackets.
   *
   * @throws IllegalArgumentException for anything else, and for a port that is not 1 to 65535
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || (host.indexOf(':') >= 0 && !bracketed) || host.indexOf('/') >= 0) {
      throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
    }
    return new HostPort(host, port(text, text.substring(colon + 1)));
  }

  private static int port(String text, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, with the numbers out of range.
    }
    throw new IllegalArgumentException("'" + text + "' has no port from 1 to 65535");
  }

  /** {@code HOST:PORT}, IPv6 addresses in brackets. */
  public static String text(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return text(host, port);
  }
}
