package io.ergane.extproc;

import io.ergane.dataplane.decision.Refusal;
import io.ergane.extproc.wire.ProcessingMessage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A body that comes in pieces, counted among all that are held. */
final class BodyBuffer {
  private static final int FIRST = 16 << 10;
  private static final int MOST_AHEAD = 1 << 20;

  private final Counts counts;
  private final ExtProcSettings.Limits limits;
  private byte[] bytes = new byte[0];
  private int length;
  private int pieces;
  private long held;

  BodyBuffer(ServerState server) {
    counts = server.counts;
    limits = server.settings.limits();
  }

  /**
   * Adds the body of a message.
   *
   * @param expected length of the whole as far as it is known, -1 when it is not
   * @return why it is too much, null when it is not
   */
  @Nullable Refusal add(ProcessingMessage message, long expected) {
    int more = message.bodyLength();
    if (length + (long) more > limits.maxBodyBytes()) {
      return Refusal.bodyTooLarge(limits.maxBodyBytes());
    }
    held += more;
    if (counts.bufferedBytes.addAndGet(more) > limits.maxBufferedBytes()) {
      return Refusal.overloaded(limits.maxBufferedBytes() + " bytes of request bodies");
    }
    pieces++;
    int wanted = length + more;
    if (wanted > bytes.length) {
      long ahead = Math.max(Math.min(expected, MOST_AHEAD), Math.max(FIRST, 2L * length));
      bytes = Arrays.copyOf(bytes, (int) Math.max(wanted, Math.min(ahead, limits.maxBodyBytes())));
    }
    System.arraycopy(message.bytes(), message.bodyStart(), bytes, length, more);
    length = wanted;
    return null;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  int pieces() {
    return pieces;
  }

  void release() {
    bytes = new byte[0];
    length = 0;
    counts.bufferedBytes.addAndGet(-held);
    held = 0;
  }
}
