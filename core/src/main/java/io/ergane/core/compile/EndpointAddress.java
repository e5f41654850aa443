package io.ergane.core.compile;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/**
 * Where an engine listens, as the annotation {@code ergane.io/endpoint} of a pod says it.
 *
 * @param host IP address or DNS name, IPv6 without brackets
 * @param port 1 to 65535
 */
public record EndpointAddress(String host, int port, boolean tls) {
  /** Annotation of a pod that takes the place of its IP and of the ModelServer's port. */
  public static final String ANNOTATION = "ergane.io/endpoint";

  private static final int LONGEST = 512;
  private static final Pattern FORM =
      Pattern.compile("(?i)(https?)://(?:\\[([0-9a-f:.%]+)]|([a-z0-9._-]+))(?::([0-9]{1,5}))?/?");

  /**
   * Parses {@code http://host:port} or {@code https://host:port}; the port may be left out where it
   * is 80 or 443.
   *
   * @throws IllegalArgumentException with what was found and what is accepted
   */
  public static EndpointAddress parse(String text) {
    Matcher form = FORM.matcher(text.length() > LONGEST ? "" : text);
    if (form.matches()) {
      boolean tls = form.group(1).length() == "https".length();
      String host = form.group(2) == null ? form.group(3) : form.group(2);
      String port = form.group(4);
      int number = port == null ? (tls ? 443 : 80) : Integer.parseInt(port);
      if (number >= 1 && number <= 65_535) {
        return new EndpointAddress(host, number, tls);
      }
    }
    String found = text.length() > LONGEST ? text.length() + " characters" : "'" + text + "'";
    throw new IllegalArgumentException(
        "found %s; accepted is http://HOST:PORT or https://HOST:PORT without a path, PORT from 1 to 65535"
            .formatted(found));
  }
}
