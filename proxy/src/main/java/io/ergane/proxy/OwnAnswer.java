package io.ergane.proxy;

import static io.ergane.proxy.HeaderRules.bytes;

import io.ergane.proxy.http1.HeaderName;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the proxy gives itself.
 *
 * @param retryAfterSeconds 0 for no such header
 * @param allow methods of a 405, null for no such header
 */
@SuppressWarnings("ArrayRecordComponent")
record OwnAnswer(
    int status, String contentType, byte[] body, int retryAfterSeconds, @Nullable String allow) {
  private static final byte[] CONTENT_TYPE = bytes("content-type");
  private static final byte[] CONTENT_LENGTH = bytes("content-length");
  private static final byte[] RETRY_AFTER = bytes("retry-after");
  private static final byte[] ALLOW = bytes("allow");
  private static final byte[] REQUEST_ID = bytes(HeaderName.X_REQUEST_ID.text());
  private static final byte[] CONNECTION = bytes("connection");
  private static final byte[] CRLF = bytes("\r\n");
  private static final int HEAD_BYTES = 512;

  static OwnAnswer json(int status, String body) {
    return new OwnAnswer(
        status, "application/json; charset=utf-8", body.getBytes(StandardCharsets.UTF_8), 0, null);
  }

  OwnAnswer allowing(String methods) {
    return new OwnAnswer(status, contentType, body, retryAfterSeconds, methods);
  }

  /**
   * Writes head and body.
   *
   * @param withBody false for the answer to a HEAD
   */
  void writeTo(
      FrontConnection client, @Nullable String requestId, boolean keepAlive, boolean withBody) {
    ByteBuf out = client.allocate(HEAD_BYTES + body.length);
    out.writeBytes(StatusLine.of(status));
    HeaderRules.line(out, CONTENT_TYPE, contentType);
    HeaderRules.line(out, CONTENT_LENGTH, Integer.toString(body.length));
    if (retryAfterSeconds > 0) {
      HeaderRules.line(out, RETRY_AFTER, Integer.toString(retryAfterSeconds));
    }
    if (allow != null) {
      HeaderRules.line(out, ALLOW, allow);
    }
    if (requestId != null) {
      HeaderRules.line(out, REQUEST_ID, requestId);
    }
    if (!keepAlive || !client.speaksChunked()) {
      HeaderRules.line(out, CONNECTION, keepAlive ? "keep-alive" : "close");
    }
    out.writeBytes(CRLF);
    if (withBody) {
      out.writeBytes(body);
    }
    client.write(out);
    client.flush();
  }
}
