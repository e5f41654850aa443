package io.ergane.dataplane.decision;

import java.nio.charset.StandardCharsets;

/**
 * The {@code x-request-id} of requests: the client's where it is sound, else a random UUID. Belongs
 * to one thread.
 */
public final class RequestIds {
  private static final int MAX_LENGTH = 128;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final SplitMix random;
  private final byte[] text = new byte[36];

  public RequestIds(SplitMix random) {
    this.random = random;
  }

  /** The id in {@code bytes} if it is sound, else a fresh one. */
  public String of(byte[] bytes, int start, int end) {
    return isSound(bytes, start, end)
        ? new String(bytes, start, end - start, StandardCharsets.ISO_8859_1)
        : fresh();
  }

  /** Whether an id has 1 to 128 visible ASCII characters. */
  public static boolean isSound(byte[] bytes, int start, int end) {
    if (start >= end || end - start > MAX_LENGTH) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (bytes[i] <= ' ' || bytes[i] >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** A UUID of version 4 (RFC 9562). */
  public String fresh() {
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
