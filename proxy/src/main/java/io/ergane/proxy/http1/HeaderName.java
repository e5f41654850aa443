package io.ergane.proxy.http1;

import java.util.Locale;

/** Header fields that a proxy acts on; every other one is {@link #OTHER}. */
public enum HeaderName {
  OTHER,
  CONNECTION,
  KEEP_ALIVE,
  PROXY_AUTHENTICATE,
  PROXY_AUTHORIZATION,
  PROXY_CONNECTION,
  TE,
  TRAILER,
  TRANSFER_ENCODING,
  UPGRADE,
  HTTP2_SETTINGS,
  CONTENT_LENGTH,
  CONTENT_ENCODING,
  CONTENT_TYPE,
  ACCEPT_ENCODING,
  EXPECT,
  HOST,
  AUTHORIZATION,
  COOKIE,
  API_KEY,
  X_API_KEY,
  X_REQUEST_ID,
  RETRY_AFTER;

  private static final int LONGEST = 20;
  private static final HeaderName[][] BY_LENGTH = new HeaderName[LONGEST][];

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  static {
    for (int length = 0; length < LONGEST; length++) {
      int wanted = length;
      BY_LENGTH[length] =
          java.util.Arrays.stream(values())
              .filter(name -> name != OTHER && name.text.length() == wanted)
              .toArray(HeaderName[]::new);
    }
  }

  /** The name in lower case. */
  public String text() {
    return text;
  }

  /** The field whose name stands in {@code bytes}, in any case. */
  static HeaderName of(byte[] bytes, int start, int end) {
    int length = end - start;
    if (length >= LONGEST) {
      return OTHER;
    }
    for (HeaderName name : BY_LENGTH[length]) {
      if (Ascii.equalsIgnoreCase(bytes, start, end, name.text)) {
        return name;
      }
    }
    return OTHER;
  }
}
