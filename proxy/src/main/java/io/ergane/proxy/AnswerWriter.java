package io.ergane.proxy;

import static io.ergane.proxy.HeaderRules.bytes;

import io.ergane.dataplane.decision.OwnAnswer;
import io.ergane.proxy.http1.HeaderName;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Writes the answers that the proxy gives itself. */
final class AnswerWriter {
  private static final byte[] CONTENT_TYPE = bytes("content-type");
  private static final byte[] CONTENT_LENGTH = bytes("content-length");
  private static final byte[] RETRY_AFTER = bytes("retry-after");
  private static final byte[] ALLOW = bytes("allow");
  private static final byte[] REQUEST_ID = bytes(HeaderName.X_REQUEST_ID.text());
  private static final byte[] CONNECTION = bytes("connection");
  private static final byte[] CRLF = bytes("\r\n");
  private static final int HEAD_BYTES = 512;

  private AnswerWriter() {}

  /**
   * Writes head and body.
   *
   * @param withBody false for the answer to a HEAD
   */
  static void write(
      OwnAnswer answer,
      FrontConnection client,
      @Nullable String requestId,
      boolean keepAlive,
      boolean withBody) {
    byte[] body = answer.body();
    ByteBuf out = client.allocate(HEAD_BYTES + body.length);
    out.writeBytes(StatusLine.of(answer.status()));
    HeaderRules.line(out, CONTENT_TYPE, answer.contentType());
    HeaderRules.line(out, CONTENT_LENGTH, Integer.toString(body.length));
    if (answer.retryAfterSeconds() > 0) {
      HeaderRules.line(out, RETRY_AFTER, Integer.toString(answer.retryAfterSeconds()));
    }
    String allow = answer.allow();
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
