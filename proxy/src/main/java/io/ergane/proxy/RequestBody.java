package io.ergane.proxy;

import io.ergane.core.llm.Edit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;

/**
 * A request's body as it was received: the read buffers, kept until no attempt can need them any
 * more. Small pieces and small parts of large buffers are copied, so that what is held stays near
 * the body's length.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class RequestBody {
  private static final int SMALL = 4096;
  private static final int GATHERED = 16 << 10;
  static final int COPIED = 32 << 10;

  private final List<ByteBuf> parts = new ArrayList<>(2);
  private int bytes;
  private boolean gathering;

  /** Adds bytes of a read buffer; its reference count is managed here. */
  void add(ByteBufAllocator allocator, ByteBuf in, int from, int length) {
    bytes += length;
    if (length >= SMALL) {
      boolean fills = length >= in.capacity() / 2;
      parts.add(
          fills
              ? in.retainedSlice(from, length)
              : allocator.directBuffer(length).writeBytes(in, from, length));
      gathering = false;
      return;
    }
    ByteBuf last = gathering ? parts.getLast() : null;
    if (last == null || last.writableBytes() < length) {
      last =
          allocator.directBuffer(
              parts.isEmpty() ? length : GATHERED, parts.isEmpty() ? SMALL : GATHERED);
      parts.add(last);
      gathering = true;
    }
    last.writeBytes(in, from, length);
  }

  /** Takes over a buffer as the whole body. */
  static RequestBody of(ByteBuf buffer) {
    RequestBody body = new RequestBody();
    body.bytes = buffer.readableBytes();
    body.parts.add(buffer);
    return body;
  }

  int bytes() {
    return bytes;
  }

  List<ByteBuf> parts() {
    return parts;
  }

  /** Copies the body into {@code target}. */
  void copyTo(byte[] target) {
    int at = 0;
    for (ByteBuf part : parts) {
      int length = part.readableBytes();
      part.getBytes(part.readerIndex(), target, at, length);
      at += length;
    }
  }

  /** Appends the edited body. */
  void copyTo(ByteBuf out, List<Edit> edits) {
    walk(
        edits,
        (part, from, length) -> out.writeBytes(part, from, length),
        edit -> out.writeBytes(edit.replacement()));
  }

  /** Writes the edited body to a channel without copying what stays. */
  void writeTo(Channel channel, List<Edit> edits) {
    walk(
        edits,
        (part, from, length) ->
            channel.write(part.retainedSlice(from, length), channel.voidPromise()),
        edit -> {
          if (edit.replacement().length > 0) {
            channel.write(
                channel
                    .alloc()
                    .directBuffer(edit.replacement().length)
                    .writeBytes(edit.replacement()),
                channel.voidPromise());
          }
        });
  }

  /** Receives what stays. */
  private interface Kept {
    void accept(ByteBuf part, int from, int length);
  }

  /** Receives what is put in. */
  private interface Inserted {
    void accept(Edit edit);
  }

  private void walk(List<Edit> edits, Kept kept, Inserted inserted) {
    int edit = 0;
    int partStart = 0;
    int at = 0;
    for (ByteBuf part : parts) {
      int partEnd = partStart + part.readableBytes();
      while (at < partEnd) {
        Edit next = edit < edits.size() ? edits.get(edit) : null;
        if (next != null && next.start() <= at) {
          inserted.accept(next);
          at = Math.max(at, next.end());
          edit++;
          continue;
        }
        int to = next == null ? partEnd : Math.min(partEnd, next.start());
        kept.accept(part, part.readerIndex() + at - partStart, to - at);
        at = to;
      }
      partStart = partEnd;
    }
    for (; edit < edits.size(); edit++) {
      inserted.accept(edits.get(edit));
    }
  }

  void release() {
    parts.forEach(ByteBuf::release);
    parts.clear();
    bytes = 0;
  }
}
