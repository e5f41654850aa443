package io.ergane.proxy.http1;

/** The head of a response. */
public final class ResponseHead extends MessageHead {
  private int status;
  private int minor;

  /**
   * @param maxBytes bound of status line and headers together
   * @param maxHeaders bound of the number of header lines
   */
  public ResponseHead(int maxBytes, int maxHeaders) {
    super(maxBytes, maxHeaders);
  }

  @Override
  void startLine(int start, int end) throws BadMessage {
    if (end - start < 12
        || bytes[start + 8] != ' '
        || (end - start > 12 && bytes[start + 12] != ' ')) {
      throw malformed("no status line");
    }
    minor = minorVersion(start, start + 8);
    status = 0;
    for (int i = start + 9; i < start + 12; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        throw malformed("no status code");
      }
      status = status * 10 + digit;
    }
    if (status < 100 || status > 599) {
      throw malformed("a status code outside 100 to 599");
    }
  }

  @Override
  BadMessage malformed(String what) {
    return new BadMessage(502, "the answer has " + what);
  }

  @Override
  BadMessage tooLarge(boolean afterStartLine) {
    return malformed("a head that exceeds the limit");
  }

  public int status() {
    return status;
  }

  /** Whether another head follows this one. */
  public boolean interim() {
    return status < 200;
  }

  @Override
  public int minor() {
    return minor;
  }

  /** Prepares {@code framing} for this answer's body (RFC 9112, section 6.3). */
  public void frame(BodyFraming framing) throws BadMessage {
    int encoding = find(HeaderName.TRANSFER_ENCODING);
    if (status == 204 || status == 304) {
      framing.begin(BodyFraming.Kind.NONE, 0);
    } else if (encoding >= 0) {
      if (repeats(HeaderName.TRANSFER_ENCODING)
          || !Ascii.equalsIgnoreCase(bytes, valueStart(encoding), valueEnd(encoding), "chunked")) {
        throw malformed("a transfer-encoding other than chunked");
      }
      framing.begin(BodyFraming.Kind.CHUNKED, -1);
    } else {
      long length = contentLength();
      framing.begin(
          length < 0
              ? BodyFraming.Kind.UNTIL_CLOSE
              : length == 0 ? BodyFraming.Kind.NONE : BodyFraming.Kind.LENGTH,
          length);
    }
  }

  /** False also where framing is told in two ways or to a version that does not know chunks. */
  @Override
  public boolean keepsAlive() {
    boolean doubtful =
        find(HeaderName.TRANSFER_ENCODING) >= 0
            && (minor == 0 || find(HeaderName.CONTENT_LENGTH) >= 0);
    return !doubtful && super.keepsAlive();
  }

  /** Whether content type is {@code type}, parameters aside. */
  public boolean isOfType(String type) {
    int i = find(HeaderName.CONTENT_TYPE);
    if (i < 0 || !Ascii.startsWithIgnoreCase(bytes, valueStart(i), valueEnd(i), type)) {
      return false;
    }
    int after = valueStart(i) + type.length();
    return after == valueEnd(i) || bytes[after] == ';' || bytes[after] == ' ';
  }
}
