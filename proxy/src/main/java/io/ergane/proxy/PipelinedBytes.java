package io.ergane.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What a client sent before its turn. Counts among the bytes of bodies that the server holds. */
final class PipelinedBytes {
  private static final int MOST = 64 << 10;

  private final ServerState server;
  private @Nullable ByteBuf waiting;

  PipelinedBytes(ServerState server) {
    this.server = server;
  }

  /** Copies what is readable to the end. */
  void keep(ByteBuf in, ByteBufAllocator allocator) {
    ByteBuf kept = waiting;
    if (kept == null) {
      kept = allocator.directBuffer(in.readableBytes());
      waiting = kept;
    }
    server.bufferedBytes.addAndGet(in.readableBytes());
    kept.writeBytes(in);
  }

  boolean isEmpty() {
    return waiting == null;
  }

  /** Whether more should wait in the network: enough is here, or on all connections together. */
  boolean isFull() {
    return waiting != null
        && (waiting.readableBytes() > MOST
            || server.bufferedBytes.get() > server.settings.limits().maxBufferedBytes());
  }

  /** Gives up what waits to the caller, who releases it; null for nothing. */
  @Nullable ByteBuf take() {
    ByteBuf taken = waiting;
    waiting = null;
    if (taken != null) {
      server.bufferedBytes.addAndGet(-taken.readableBytes());
    }
    return taken;
  }

  void release() {
    ByteBuf taken = take();
    if (taken != null) {
      taken.release();
    }
  }
}
