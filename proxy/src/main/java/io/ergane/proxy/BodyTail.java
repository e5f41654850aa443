package io.ergane.proxy;

import io.ergane.core.llm.Usage;
import io.ergane.core.llm.UsageReader;
import io.ergane.proxy.http1.BodyFraming;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The last bytes of an answer, where engines report usage. At most 128 KiB are held. */
final class BodyTail {
  private static final int KEPT = 64 << 10;

  private byte[] bytes = new byte[0];
  private int length;
  private boolean cut;

  void add(ByteBuf in, BodyFraming framing) {
    for (int i = 0; i < framing.spans(); i++) {
      int left = framing.length(i);
      int from = framing.start(i);
      if (left > KEPT) {
        from += left - KEPT;
        left = KEPT;
        cut = true;
      }
      if (length + left > 2 * KEPT) {
        cut = true;
        System.arraycopy(bytes, length - KEPT, bytes, 0, KEPT);
        length = KEPT;
      }
      if (length + left > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.min(2 * KEPT, Math.max(length + left, 2 * bytes.length)));
      }
      in.getBytes(from, bytes, length, left);
      length += left;
    }
  }

  Usage usage(UsageReader reader) {
    return cut ? reader.readTail(bytes, 0, length) : reader.read(bytes, 0, length);
  }
}
