package io.ergane.proxy;

import static io.ergane.proxy.HeaderRules.bytes;

import io.ergane.core.llm.Edit;
import io.ergane.core.llm.RequestRewrite;
import io.ergane.core.routing.Endpoint;
import io.ergane.proxy.http1.HeaderName;
import io.ergane.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to an engine, as often as there are attempts: the client's lines that may go on, and
 * the body as received but for the edits.
 *
 * @param edits of the body, ascending
 * @param key bearer token for the engine, null for none
 */
@SuppressWarnings("FutureReturnValueIgnored")
record EngineRequest(
    RequestHead head, RequestBody body, List<Edit> edits, String requestId, @Nullable String key) {
  private static final byte[] HTTP = bytes(" HTTP/1.1\r\n");
  private static final byte[] HOST = bytes("host");
  private static final byte[] REQUEST_ID = bytes(HeaderName.X_REQUEST_ID.text());
  private static final byte[] LENGTH = bytes("content-length: ");
  private static final byte[] AUTHORIZATION = bytes("authorization: Bearer ");
  private static final byte[] END = bytes("\r\n\r\n");
  private static final byte[] CRLF = bytes("\r\n");
  private static final int OWN_LINES = 256;

  /** Writes and flushes the request. */
  void writeTo(Channel channel, Endpoint endpoint) {
    int length = body.bytes() + RequestRewrite.growth(edits);
    boolean copied = length <= RequestBody.COPIED;
    int headLength = head.lineEnd(head.headers() - 1) + OWN_LINES + endpoint.host().length();
    ByteBuf out = channel.alloc().directBuffer(headLength + (copied ? length : 0));
    writeHead(out, endpoint, length);
    if (copied) {
      body.copyTo(out, edits);
      channel.writeAndFlush(out, channel.voidPromise());
    } else {
      channel.write(out, channel.voidPromise());
      body.writeTo(channel, edits);
      channel.flush();
    }
  }

  private void writeHead(ByteBuf out, Endpoint endpoint, int length) {
    out.writeCharSequence(head.method(), StandardCharsets.US_ASCII);
    out.writeByte(' ');
    int target = head.targetStart();
    out.writeBytes(head.bytes(), target, head.targetEnd() - target).writeBytes(HTTP);
    HeaderRules.line(out, HOST, host(endpoint));
    HeaderRules.TO_ENGINE.copy(head, out);
    HeaderRules.line(out, REQUEST_ID, requestId);
    if (key != null) {
      out.writeBytes(AUTHORIZATION);
      out.writeCharSequence(key, StandardCharsets.US_ASCII);
      out.writeBytes(CRLF);
    }
    out.writeBytes(LENGTH);
    out.writeCharSequence(Integer.toString(length), StandardCharsets.US_ASCII);
    out.writeBytes(END);
  }

  /** The client's, as Kthena sends it to pods; an endpoint with a name or with TLS gets its own. */
  private String host(Endpoint endpoint) {
    if (!endpoint.tls() && AddressLookup.isLiteral(endpoint.host())) {
      String clients = head.first(HeaderName.HOST);
      if (clients != null) {
        return clients;
      }
    }
    return endpoint.authority();
  }
}
