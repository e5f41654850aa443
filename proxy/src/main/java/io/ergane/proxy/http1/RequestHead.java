package io.ergane.proxy.http1;

/** The head of a request. */
public final class RequestHead extends MessageHead {
  private String method = "";
  private int targetStart;
  private int pathEnd;
  private int targetEnd;
  private int minor;

  /**
   * @param maxBytes bound of request line and headers together
   * @param maxHeaders bound of the number of header lines
   */
  public RequestHead(int maxBytes, int maxHeaders) {
    super(maxBytes, maxHeaders);
  }

  @Override
  void startLine(int start, int end) throws BadMessage {
    int space = start;
    while (space < end && Ascii.isToken(bytes[space])) {
      space++;
    }
    int last = space + 1;
    while (last < end && Ascii.isVisible(bytes[last])) {
      last++;
    }
    if (space == start
        || last >= end
        || bytes[space] != ' '
        || bytes[last] != ' '
        || last == space + 1) {
      throw malformed("no request line");
    }
    method = methodAt(start, space);
    minor = minorVersion(last + 1, end);
    targetStart = pathOf(space + 1, last);
    targetEnd = last;
    pathEnd = targetStart;
    while (pathEnd < targetEnd && bytes[pathEnd] != '?' && bytes[pathEnd] != '#') {
      pathEnd++;
    }
  }

  private String methodAt(int start, int end) {
    if (Ascii.equalsIgnoreCase(bytes, start, end, "post") && bytes[start] == 'P') {
      String method = text(start, end);
      return method.equals("POST") ? "POST" : method;
    }
    return text(start, end);
  }

  /** Where the path begins: at the target, or after scheme and authority of an absolute one. */
  private int pathOf(int start, int end) throws BadMessage {
    if (bytes[start] == '/' || (bytes[start] == '*' && end == start + 1)) {
      return start;
    }
    int scheme =
        Ascii.startsWithIgnoreCase(bytes, start, end, "http://")
            ? 7
            : Ascii.startsWithIgnoreCase(bytes, start, end, "https://") ? 8 : -1;
    if (scheme > 0) {
      for (int i = start + scheme; i < end; i++) {
        if (bytes[i] == '/') {
          return i;
        }
      }
    }
    throw malformed("a request target that is no path");
  }

  @Override
  BadMessage malformed(String what) {
    return new BadMessage(400, "The request's head has " + what + "; send HTTP/1.1.");
  }

  @Override
  BadMessage tooLarge(boolean afterStartLine) {
    return afterStartLine
        ? new BadMessage(
            431,
            "The request's headers exceed the limit of this server; send fewer or shorter ones.")
        : new BadMessage(
            414, "The request line exceeds the limit of this server; send a shorter path.");
  }

  public String method() {
    return method;
  }

  @Override
  public int minor() {
    return minor;
  }

  /** The path without query. */
  public String path() {
    return text(targetStart, pathEnd);
  }

  /** First byte of path and query in {@link #bytes}. */
  public int targetStart() {
    return targetStart;
  }

  /** Byte after path and query. */
  public int targetEnd() {
    return targetEnd;
  }

  public boolean expectsContinue() {
    return minor >= 1 && lists(HeaderName.EXPECT, "100-continue");
  }

  /** Prepares {@code framing} for this request's body (RFC 9112, section 6.3). */
  public void frame(BodyFraming framing) throws BadMessage {
    if (repeats(HeaderName.HOST)) {
      throw malformed("more than one host header");
    }
    long length = contentLength();
    int encoding = find(HeaderName.TRANSFER_ENCODING);
    if (encoding < 0) {
      framing.begin(length > 0 ? BodyFraming.Kind.LENGTH : BodyFraming.Kind.NONE, length);
      return;
    }
    if (length >= 0 || minor == 0) {
      throw malformed("transfer-encoding beside a content-length or in HTTP/1.0");
    }
    if (!soleChunked(encoding)) {
      throw new BadMessage(501, "The transfer-encoding is not understood; only chunked is.");
    }
    framing.begin(BodyFraming.Kind.CHUNKED, -1);
  }

  private boolean soleChunked(int encoding) {
    return !repeats(HeaderName.TRANSFER_ENCODING)
        && Ascii.equalsIgnoreCase(bytes, valueStart(encoding), valueEnd(encoding), "chunked");
  }
}
