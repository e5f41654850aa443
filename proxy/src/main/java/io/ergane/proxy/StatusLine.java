package io.ergane.proxy;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Status lines of answers, CRLF included. */
final class StatusLine {
  private static final int LOWEST = 100;
  private static final byte[][] LINES = new byte[500][];

  static {
    for (int i = 0; i < LINES.length; i++) {
      int status = LOWEST + i;
      String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
      LINES[i] = ("HTTP/1.1 " + status + " " + reason + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
  }

  private StatusLine() {}

  /**
   * @param status 100 to 599
   */
  static byte[] of(int status) {
    return LINES[status - LOWEST];
  }
}
