package io.ergane.proxy;

import io.ergane.proxy.http1.Ascii;
import io.ergane.proxy.http1.HeaderName;
import io.ergane.proxy.http1.MessageHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Which header lines go on to the other side. Lines meant for one hop (RFC 9110, section 7.6.1) go
 * nowhere; what proves the client's identity stays here; engines are not asked to compress, since
 * usage is read from their answers.
 */
final class HeaderRules {
  /** For requests on their way to an engine. */
  static final HeaderRules TO_ENGINE = new HeaderRules(true);

  /** For answers on their way to a client. */
  static final HeaderRules TO_CLIENT = new HeaderRules(false);

  private static final byte[] COLON = bytes(": ");
  private static final byte[] CRLF = bytes("\r\n");

  private final boolean toEngine;
  private final boolean[] kept = new boolean[HeaderName.values().length];

  private HeaderRules(boolean toEngine) {
    this.toEngine = toEngine;
    for (HeaderName name : HeaderName.values()) {
      kept[name.ordinal()] = !hopByHop(name) && !(toEngine && staysHere(name));
    }
  }

  private static boolean staysHere(HeaderName name) {
    return switch (name) {
      case AUTHORIZATION,
          COOKIE,
          API_KEY,
          X_API_KEY,
          ACCEPT_ENCODING,
          CONTENT_ENCODING,
          EXPECT,
          HOST,
          HTTP2_SETTINGS ->
          true;
      default -> false;
    };
  }

  private static boolean hopByHop(HeaderName name) {
    return switch (name) {
      case CONNECTION,
          KEEP_ALIVE,
          PROXY_AUTHENTICATE,
          PROXY_AUTHORIZATION,
          PROXY_CONNECTION,
          TE,
          TRAILER,
          TRANSFER_ENCODING,
          UPGRADE,
          CONTENT_LENGTH,
          X_REQUEST_ID ->
          true;
      default -> false;
    };
  }

  /** Writes the lines that go on; neighbours in one piece. */
  void copy(MessageHead head, ByteBuf out) {
    boolean named = head.find(HeaderName.CONNECTION) >= 0;
    int from = -1;
    int headers = head.headers();
    for (int i = 0; i < headers; i++) {
      boolean goes = goes(head, i, named);
      if (goes && from < 0) {
        from = head.nameStart(i);
      } else if (!goes && from >= 0) {
        out.writeBytes(head.bytes(), from, head.nameStart(i) - from);
        from = -1;
      }
    }
    if (from >= 0) {
      out.writeBytes(head.bytes(), from, head.lineEnd(headers - 1) - from);
    }
  }

  private boolean goes(MessageHead head, int i, boolean named) {
    HeaderName name = head.name(i);
    if (!kept[name.ordinal()] || (named && head.namedInConnection(i))) {
      return false;
    }
    return !toEngine
        || name != HeaderName.OTHER
        || !Ascii.startsWithIgnoreCase(head.bytes(), head.nameStart(i), head.nameEnd(i), "proxy-");
  }

  /** Writes one line. */
  static void line(ByteBuf out, byte[] name, String value) {
    out.writeBytes(name).writeBytes(COLON);
    out.writeCharSequence(value, StandardCharsets.US_ASCII);
    out.writeBytes(CRLF);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
