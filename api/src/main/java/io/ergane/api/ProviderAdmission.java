package io.ergane.api;

import io.ergane.api.ExternalModelProvider.Auth;
import io.ergane.api.ExternalModelProvider.Spec;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The admission rules of external providers. */
final class ProviderAdmission {
  /** Headers that carry credentials or belong to the connection, in lower case. */
  private static final Set<String> RESERVED =
      Set.of(
          "authorization",
          "proxy-authorization",
          "cookie",
          "x-api-key",
          "host",
          "content-length",
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "trailer",
          "te");

  /** The characters of an HTTP token beside letters and digits (RFC 9110, 5.6.2). */
  private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

  private ProviderAdmission() {}

  static void check(Spec spec, Findings findings) {
    checkBaseUrl(spec.baseURL(), findings);
    spec.headers().forEach((name, value) -> checkHeader(name, value, findings));
    checkAuth(spec.auth(), findings);
  }

  private static void checkBaseUrl(String text, Findings findings) {
    String field = "spec.baseURL";
    if (!text.startsWith("https://") || text.length() == "https://".length()) {
      findings.add(field, Literals.HTTPS_ONLY);
    }
    try {
      URI url = new URI(text);
      String authority = url.getRawAuthority();
      boolean userInfo = authority != null && authority.contains("@");
      if (userInfo || url.getRawQuery() != null || url.getRawFragment() != null) {
        findings.add(field, Literals.PLAIN_BASE_URL);
      }
      if (authority == null || authority.startsWith(":") || authority.endsWith("@")) {
        findings.add(field, "baseURL must name a host, as in https://api.example.com/v1");
      }
    } catch (URISyntaxException e) {
      findings.add(
          field,
          "baseURL must be a URL such as https://api.example.com/v1; "
              + Found.line(e.getReason())
              + " at character "
              + (e.getIndex() + 1));
    }
  }

  private static void checkHeader(String name, String value, Findings findings) {
    String field = "spec.headers[" + Found.clean(name) + "]";
    if (name.isEmpty() || !name.chars().allMatch(ProviderAdmission::isToken)) {
      findings.add(field, Literals.HEADER_NAME);
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      findings.add(field, Literals.HEADER_RESERVED);
    }
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
      findings.add(field, Literals.HEADER_VALUE);
    } else if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
      findings.add(field, "header value must not contain control characters");
    }
  }

  private static boolean isToken(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || TOKEN_SIGNS.indexOf(c) >= 0;
  }

  private static void checkAuth(@Nullable Auth auth, Findings findings) {
    if (auth == null) {
      return;
    }
    String field = "spec.auth.secretRef";
    if (auth.secretRef().name().isEmpty()) {
      findings.add(field + ".name", Literals.SECRET_NAME_MISSING);
    }
    if (auth.secretRef().key().isEmpty()) {
      findings.add(field + ".key", Literals.SECRET_KEY_MISSING);
    }
    if (Boolean.TRUE.equals(auth.secretRef().optional())) {
      findings.add(field + ".optional", Literals.OPTIONAL_SECRET);
    }
  }
}
