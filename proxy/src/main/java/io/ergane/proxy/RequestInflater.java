package io.ergane.proxy;

import io.ergane.dataplane.decision.Refusal;
import io.ergane.proxy.http1.BadMessage;
import io.ergane.proxy.http1.HeaderName;
import io.ergane.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Decompresses request bodies in gzip and deflate, up to the bound of a body. */
final class RequestInflater {
  private static final int PIECE = 64 << 10;

  /** A body this long may come from however few bytes. */
  private static final int FREE = 1 << 20;

  private static final int MAX_RATIO = 100;

  /** A body up to this length is done in some milliseconds: it yields 1 MiB at the most. */
  static final int SHORT = 4096;

  private static final int ZLIB_HEADER = 2;

  private RequestInflater() {}

  /** How the body is encoded, in lower case; null when it is in the clear. */
  static @Nullable String encoding(RequestHead head) {
    int header = head.find(HeaderName.CONTENT_ENCODING);
    String encoding = header < 0 ? "" : head.value(header).toLowerCase(Locale.ROOT);
    return encoding.isEmpty() || encoding.equals("identity") ? null : encoding;
  }

  /** The body in the clear as a new one. May be called on any thread. */
  static RequestBody inflate(String encoding, RequestBody body, int maxBytes) throws BadMessage {
    ByteBuf out = Unpooled.buffer(Math.min(maxBytes, Math.max(256, body.bytes() * 4)));
    try (InputStream in = open(encoding, body)) {
      copy(in, out, Math.min(maxBytes, mostOf(body)), maxBytes);
    } catch (IOException e) {
      out.release();
      throw new BadMessage(
          400, "The request body is not the " + encoding + " that content-encoding says.");
    } catch (BadMessage e) {
      out.release();
      throw e;
    }
    return RequestBody.of(out);
  }

  private static InputStream open(String encoding, RequestBody body)
      throws IOException, BadMessage {
    return switch (encoding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(compressed(body));
      case "deflate" -> new InflaterInputStream(compressed(body), new Inflater(raw(body)));
      default ->
          throw new BadMessage(
              415,
              "The content-encoding is not understood; send the body plain, in gzip or in"
                  + " deflate.");
    };
  }

  private static InputStream compressed(RequestBody body) {
    List<ByteBuf> parts = new ArrayList<>(body.parts().size());
    body.parts().forEach(part -> parts.add(part.duplicate()));
    return parts.size() == 1
        ? new ByteBufInputStream(parts.getFirst())
        : new ByteBufInputStream(Unpooled.wrappedUnmodifiableBuffer(parts.toArray(ByteBuf[]::new)));
  }

  /** Whether a deflate body lacks the zlib header (RFC 1950), as some clients send it. */
  private static boolean raw(RequestBody body) throws IOException {
    try (InputStream in = compressed(body)) {
      byte[] start = in.readNBytes(ZLIB_HEADER);
      return start.length < ZLIB_HEADER
          || (start[0] & 0x0f) != 8
          || ((start[0] & 0xff) << 8 | (start[1] & 0xff)) % 31 != 0;
    }
  }

  private static int mostOf(RequestBody body) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(FREE, (long) body.bytes() * MAX_RATIO));
  }

  private static void copy(InputStream in, ByteBuf out, int most, int maxBytes)
      throws IOException, BadMessage {
    byte[] piece = new byte[PIECE];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      if (out.readableBytes() + read > maxBytes) {
        throw new BadMessage(413, Refusal.bodyTooLarge(maxBytes).message());
      }
      if (out.readableBytes() + read > most) {
        throw new BadMessage(
            413,
            "The request body grows more than "
                + MAX_RATIO
                + "-fold when it is decompressed; send it plain.");
      }
      out.writeBytes(piece, 0, read);
    }
  }
}
