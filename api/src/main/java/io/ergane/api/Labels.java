package io.ergane.api;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/** The syntax of Kubernetes names and labels. */
final class Labels {
  private static final int LONGEST_PREFIX = 253;
  private static final int LONGEST_NAME = 63;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final Pattern DNS_LABEL = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");

  private Labels() {}

  /** Whether text is DNS labels joined by dots: the name of an object. */
  static boolean isSubdomain(String text) {
    return text.length() <= LONGEST_PREFIX && SUBDOMAIN.matches(text);
  }

  /** Whether text is a label key: a name with an optional DNS prefix and slash before it. */
  static boolean isKey(String text) {
    int slash = text.indexOf('/');
    return (slash < 0 || isSubdomain(text.substring(0, slash)))
        && isName(text.substring(slash + 1));
  }

  /** Whether text is a label value: a name, or nothing. */
  static boolean isValue(String text) {
    return text.isEmpty() || isName(text);
  }

  private static boolean isName(String text) {
    return text.length() <= LONGEST_NAME && NAME.matches(text);
  }

  /** What keeps text from being a label of DNS that begins with a letter; null if nothing does. */
  static @Nullable String dnsLabelProblem(String text) {
    if (text.length() > LONGEST_NAME) {
      return "must be no more than 63 characters, found " + text.length();
    }
    return DNS_LABEL.matches(text)
        ? null
        : "must be a DNS-1035 label: lower case letters, digits and '-', starting with a letter and"
            + " ending with a letter or digit";
  }

  static String keyProblem(String found) {
    return "label key must be at most 63 letters, digits, '-', '_' and '.', starting and ending with"
        + " a letter or digit, optionally after a DNS name and '/'; found "
        + Found.quote(found);
  }

  static String valueProblem(String found) {
    return "label value must be empty or at most 63 letters, digits, '-', '_' and '.', starting and"
        + " ending with a letter or digit; found "
        + Found.quote(found);
  }
}
