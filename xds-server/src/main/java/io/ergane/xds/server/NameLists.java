package io.ergane.xds.server;

import com.google.protobuf.CodedInputStream;
import io.ergane.xds.server.session.Names;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes the names in requests, and remembers the last long lists as they were encoded: nodes of
 * one kind ask for the same names, and each in the state-of-the-world form asks again with every
 * acknowledgement. Thread-safe.
 */
final class NameLists {
  /** Bytes from which on a list is remembered. */
  private static final int SHORTEST = 256;

  private static final int MOST = 16;

  /** What a decoded name takes beside its characters, about. */
  private static final long BYTES_A_NAME = 100;

  private final int tag;
  private final int maxBytes;
  private volatile List<Entry> entries = List.of();

  /** A list as it was encoded; the array is not changed by anyone. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Entry(byte[] encoded, Names names) {
    long bytes() {
      return encoded.length + BYTES_A_NAME * names.named().size();
    }
  }

  /**
   * A part of a message.
   *
   * @param length in bytes
   */
  record Section(int length, Names names) {}

  /**
   * @param tag of each name in a message, less than 128
   * @param maxBytes that the lists take, about, which are remembered
   */
  NameLists(int tag, int maxBytes) {
    this.tag = tag;
    this.maxBytes = maxBytes;
  }

  /** Reads names from {@code from} on up to the first field that is something else. */
  Section read(byte[] message, int from) throws IOException {
    if (!isName(message, from)) {
      return new Section(0, Names.NONE);
    }
    for (Entry entry : entries) {
      byte[] encoded = entry.encoded();
      int end = from + encoded.length;
      if (end <= message.length
          && Arrays.equals(message, from, end, encoded, 0, encoded.length)
          && !isName(message, end)) {
        return new Section(encoded.length, entry.names());
      }
    }
    return decode(message, from);
  }

  private boolean isName(byte[] message, int at) {
    return at < message.length && message[at] == tag;
  }

  private Section decode(byte[] message, int from) throws IOException {
    List<String> decoded = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(message, from, message.length - from);
    while (isName(message, from + in.getTotalBytesRead())) {
      in.readTag();
      decoded.add(in.readStringRequireUtf8());
    }
    Names names = Names.of(decoded);
    int length = in.getTotalBytesRead();
    if (length >= SHORTEST) {
      remember(new Entry(Arrays.copyOfRange(message, from, from + length), names));
    }
    return new Section(length, names);
  }

  /** The newest first, so that the oldest are forgotten. */
  private synchronized void remember(Entry entry) {
    long bytes = entry.bytes();
    if (bytes > maxBytes) {
      return;
    }
    List<Entry> kept = new ArrayList<>();
    kept.add(entry);
    for (Entry older : entries) {
      bytes += older.bytes();
      if (kept.size() == MOST || bytes > maxBytes) {
        break;
      }
      kept.add(older);
    }
    entries = List.copyOf(kept);
  }
}
