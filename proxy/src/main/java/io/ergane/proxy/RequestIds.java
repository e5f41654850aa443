package io.ergane.proxy;

import io.ergane.dataplane.decision.SplitMix;
import io.ergane.proxy.http1.Ascii;
import io.ergane.proxy.http1.HeaderName;
import io.ergane.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;

/** The {@code x-request-id} of requests: the client's where it is sound, else a random UUID. */
final class RequestIds {
  private static final int MAX_LENGTH = 128;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final SplitMix random;
  private final byte[] text = new byte[36];

  RequestIds(SplitMix random) {
    this.random = random;
  }

  /** 1 to 128 visible ASCII characters. */
  String of(RequestHead head) {
    int i = head.find(HeaderName.X_REQUEST_ID);
    return i >= 0 && sound(head, i) ? head.value(i) : fresh();
  }

  private static boolean sound(RequestHead head, int header) {
    int start = head.valueStart(header);
    int end = head.valueEnd(header);
    if (start == end || end - start > MAX_LENGTH) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (!Ascii.isVisible(head.bytes()[i])) {
        return false;
      }
    }
    return true;
  }

  /** A UUID of version 4 (RFC 9562). */
  String fresh() {
    long high = (random.next() & ~0xF000L) | 0x4000L;
    long low = (random.next() & ~(0xC0L << 56)) | (0x80L << 56);
    int at = hex(high >>> 32, 8, 0);
    at = hex(high >>> 16, 4, dash(at));
    at = hex(high, 4, dash(at));
    at = hex(low >>> 48, 4, dash(at));
    hex(low, 12, dash(at));
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private int dash(int at) {
    text[at] = '-';
    return at + 1;
  }

  private int hex(long value, int digits, int at) {
    for (int i = 0; i < digits; i++) {
      text[at + i] = HEX[(int) (value >>> (4 * (digits - 1 - i))) & 0xF];
    }
    return at + digits;
  }
}
