package io.ergane.extproc.wire;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A {@code StreamAccessLogsMessage}. One object a thread, filled anew for each message. */
public final class LogBatch {
  private final WireReader in = new WireReader();
  private final LogEntry entry = new LogEntry();
  private byte[] bytes = new byte[0];
  private int from;
  private int to;

  /** Takes a message, which must not change while it is used. */
  public void read(byte[] message, int start, int end) {
    bytes = message;
    from = start;
    to = end;
  }

  /**
   * Hands the entries over one after the other, each in the same object.
   *
   * @return why the bytes are no message, null when they are one
   */
  public @Nullable String each(Consumer<LogEntry> reader) {
    in.open(bytes, from, to);
    try {
      while (in.next()) {
        if (in.field() == 2) {
          entries(reader);
        }
      }
      return null;
    } catch (MalformedMessage e) {
      return e.getMessage();
    } finally {
      in.close();
    }
  }

  private void entries(Consumer<LogEntry> reader) throws MalformedMessage {
    int outer = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        entry.read(in);
        reader.accept(entry);
      }
    }
    in.leave(outer);
  }
}
