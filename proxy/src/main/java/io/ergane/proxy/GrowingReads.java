package io.ergane.proxy;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Read buffers of one size that grows while a peer fills them and falls back at once: most reads
 * are one short message, which must not fill its buffer lest it cost a second read.
 */
final class GrowingReads extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int BASE = 8 << 10;
  private static final int LARGEST = 256 << 10;

  @Override
  @SuppressWarnings("deprecation")
  public Handle newHandle() {
    return new GrowingHandle();
  }

  private final class GrowingHandle extends MaxMessageHandle {
    private int size = BASE;

    @Override
    public int guess() {
      return size;
    }

    @Override
    public void lastBytesRead(int bytes) {
      if (bytes > 0) {
        size = bytes == attemptedBytesRead() ? Math.min(LARGEST, size * 4) : BASE;
      }
      super.lastBytesRead(bytes);
    }
  }
}
