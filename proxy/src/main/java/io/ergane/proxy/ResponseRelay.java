package io.ergane.proxy;

import static io.ergane.proxy.HeaderRules.bytes;

import io.ergane.core.llm.StreamInspector;
import io.ergane.core.llm.Usage;
import io.ergane.proxy.http1.BodyFraming;
import io.ergane.proxy.http1.HeaderName;
import io.ergane.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Passes an engine's answer on. Chunks go out as they came, framing included, unless a byte of them
 * must not reach the client; then, and where a read ends within a chunk, they are framed anew. The
 * bytes of one read leave in one write.
 */
final class ResponseRelay {
  private static final byte[] REQUEST_ID = bytes(HeaderName.X_REQUEST_ID.text());
  private static final byte[] CHUNKED = bytes("transfer-encoding: chunked\r\n");
  private static final byte[] LENGTH = bytes("content-length");
  private static final byte[] CLOSE = bytes("connection: close\r\n");
  private static final byte[] KEEP_ALIVE = bytes("connection: keep-alive\r\n");
  private static final byte[] CRLF = bytes("\r\n");
  private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");
  private static final byte[] BLANK = bytes("\n\n");
  private static final byte[] HEX = bytes("0123456789abcdef");
  private static final int OWN_LINES = 256;
  private static final int SHORT_ANSWER = 2048;
  private static final int APPENDED = 16 << 10;

  private enum Framing {
    /** No body or one of known length: bytes are passed as they come. */
    LENGTH,
    CHUNKED,
    /** The end of the connection is the end of the body; for HTTP/1.0. */
    CLOSE
  }

  private final FrontConnection client;
  private final LoopState loop;
  private final Framing framing;
  private final @Nullable StreamInspector inspector;
  private final @Nullable BodyTail tail;
  private @Nullable ByteBuf head;
  private byte[] held = new byte[0];
  private int heldLength;
  private boolean betweenChunks = true;
  private int lastBytes;

  /**
   * Begins with the head, which leaves with the first bytes of the body or at the next {@link
   * #flush}.
   *
   * @param dropUsage the stream's usage frame is the router's, not the client's
   */
  ResponseRelay(
      FrontConnection client,
      LoopState loop,
      ResponseHead engine,
      BodyFraming body,
      boolean dropUsage,
      int maxFrameBytes) {
    this.client = client;
    this.loop = loop;
    boolean readable = engine.status() < 300 && engine.find(HeaderName.CONTENT_ENCODING) < 0;
    boolean stream = readable && engine.isOfType("text/event-stream");
    inspector = stream ? new StreamInspector(dropUsage, maxFrameBytes) : null;
    tail = readable && engine.isOfType("application/json") ? new BodyTail() : null;
    framing = framing(body, stream && dropUsage);
  }

  private Framing framing(BodyFraming body, boolean mayShrink) {
    boolean known = body.kind() == BodyFraming.Kind.NONE || body.kind() == BodyFraming.Kind.LENGTH;
    if (known && !mayShrink) {
      return Framing.LENGTH;
    }
    return client.speaksChunked() ? Framing.CHUNKED : Framing.CLOSE;
  }

  /** Whether only the end of the connection can tell the end of this answer. */
  boolean endsWithConnection() {
    return framing == Framing.CLOSE;
  }

  void begin(ResponseHead engine, BodyFraming body, String requestId, boolean keepAlive) {
    ByteBuf out = client.allocate(engine.lineEnd(engine.headers() - 1) + OWN_LINES + SHORT_ANSWER);
    out.writeBytes(StatusLine.of(engine.status()));
    HeaderRules.TO_CLIENT.copy(engine, out);
    HeaderRules.line(out, REQUEST_ID, requestId);
    if (framing == Framing.CHUNKED) {
      out.writeBytes(CHUNKED);
    } else if (framing == Framing.LENGTH && engine.status() != 204 && engine.status() != 304) {
      HeaderRules.line(out, LENGTH, Long.toString(body.left()));
    }
    if (!keepAlive) {
      out.writeBytes(CLOSE);
    } else if (!client.speaksChunked()) {
      out.writeBytes(KEEP_ALIVE);
    }
    head = out.writeBytes(CRLF);
  }

  /** Passes bytes on; see {@link UpstreamConnection.Receiver#body}. */
  void body(ByteBuf in, int from, BodyFraming engine) {
    boolean wasBetween = betweenChunks;
    betweenChunks = engine.betweenChunks();
    if (tail != null) {
      tail.add(in, engine);
    }
    byte[] data = inspector == null ? held : gather(in, engine);
    boolean whole =
        switch (framing) {
          case LENGTH -> true;
          case CHUNKED ->
              engine.kind() == BodyFraming.Kind.CHUNKED
                  && wasBetween
                  && betweenChunks
                  && engine.plain();
          case CLOSE -> engine.kind() != BodyFraming.Kind.CHUNKED;
        };
    if (whole && (inspector == null || untouched(inspector))) {
      raw(in, from);
    } else if (inspector == null) {
      reframed(in, engine);
    } else {
      inspected(inspector, data, engine);
    }
  }

  private byte[] gather(ByteBuf in, BodyFraming engine) {
    byte[] data = loop.scratch(engine.dataBytes());
    int at = 0;
    for (int i = 0; i < engine.spans(); i++) {
      in.getBytes(engine.start(i), data, at, engine.length(i));
      at += engine.length(i);
    }
    if (inspector != null) {
      inspector.feed(data, 0, at);
      remember(data, at);
    }
    return data;
  }

  private void remember(byte[] data, int length) {
    for (int i = Math.max(0, length - 4); i < length; i++) {
      lastBytes = lastBytes << 8 | (data[i] & 0xff);
    }
  }

  private boolean untouched(StreamInspector seen) {
    return heldLength == 0 && seen.held() == 0 && seen.droppedRanges() == 0;
  }

  private void raw(ByteBuf in, int from) {
    int length = in.readerIndex() - from;
    ByteBuf first = takeHead();
    if (first != null && length <= APPENDED) {
      client.write(first.writeBytes(in, from, length));
      return;
    }
    if (first != null) {
      client.write(first);
    }
    if (length > 0) {
      client.write(in.retainedSlice(from, length));
    }
  }

  private void reframed(ByteBuf in, BodyFraming engine) {
    ByteBuf out = start(engine.dataBytes());
    open(out, engine.dataBytes());
    for (int i = 0; i < engine.spans(); i++) {
      out.writeBytes(in, engine.start(i), engine.length(i));
    }
    close(out, engine.dataBytes());
    last(out, engine);
  }

  private void inspected(StreamInspector seen, byte[] data, BodyFraming engine) {
    int length = engine.dataBytes();
    int dropped = 0;
    for (int i = 0; i < seen.droppedRanges(); i++) {
      dropped += seen.droppedEnd(i) - seen.droppedStart(i);
    }
    int before = seen.heldReleased() ? heldLength : 0;
    int sent = before + length - dropped - seen.held();
    ByteBuf out = start(sent + heldLength);
    open(out, sent);
    out.writeBytes(held, 0, before);
    int at = 0;
    for (int i = 0; i < seen.droppedRanges(); i++) {
      out.writeBytes(data, at, seen.droppedStart(i) - at);
      at = seen.droppedEnd(i);
    }
    out.writeBytes(data, at, length - seen.held() - at);
    close(out, sent);
    hold(seen, data, length);
    if (engine.complete()) {
      seen.finish();
      int rest = seen.heldReleased() ? heldLength : 0;
      open(out, rest);
      out.writeBytes(held, 0, rest);
      close(out, rest);
      heldLength = 0;
    }
    last(out, engine);
  }

  private void hold(StreamInspector seen, byte[] data, int length) {
    if (seen.heldReleased() || seen.heldDropped()) {
      heldLength = 0;
    }
    int added = seen.held();
    if (heldLength + added > held.length) {
      held = Arrays.copyOf(held, Math.max(heldLength + added, held.length * 2));
    }
    System.arraycopy(data, length - added, held, heldLength, added);
    heldLength += added;
  }

  private ByteBuf start(int expected) {
    ByteBuf first = takeHead();
    return first == null ? client.allocate(expected + OWN_LINES) : first;
  }

  private void open(ByteBuf out, int length) {
    if (framing == Framing.CHUNKED && length > 0) {
      for (int shift = (31 - Integer.numberOfLeadingZeros(length)) / 4 * 4;
          shift >= 0;
          shift -= 4) {
        out.writeByte(HEX[(length >> shift) & 0xF]);
      }
      out.writeBytes(CRLF);
    }
  }

  private void close(ByteBuf out, int length) {
    if (framing == Framing.CHUNKED && length > 0) {
      out.writeBytes(CRLF);
    }
  }

  private void last(ByteBuf out, BodyFraming engine) {
    if (framing == Framing.CHUNKED && engine.complete()) {
      out.writeBytes(LAST_CHUNK);
    }
    if (out.isReadable()) {
      client.write(out);
    } else {
      out.release();
    }
  }

  private @Nullable ByteBuf takeHead() {
    ByteBuf taken = head;
    head = null;
    return taken;
  }

  /** Sends what is ready. */
  void flush() {
    ByteBuf alone = takeHead();
    if (alone != null) {
      client.write(alone);
    }
    client.flush();
  }

  /** Whether nothing of the answer has gone to the client, its head neither. */
  boolean unsent() {
    return head != null;
  }

  /** Frees what was not sent. */
  void discard() {
    ByteBuf unsent = takeHead();
    if (unsent != null) {
      unsent.release();
    }
  }

  /** Whether the engine has said all that the client waits for. */
  boolean saidAll() {
    return inspector != null && inspector.terminalSeen();
  }

  /**
   * Ends an answer that broke off: an event stream with an error event, where there is one to send.
   *
   * @return false when the answer is no event stream and can only be cut
   */
  boolean endEarly(byte @Nullable [] event) {
    if (inspector == null || framing == Framing.LENGTH) {
      return false;
    }
    heldLength = 0;
    ByteBuf out = start(event == null ? 0 : event.length);
    if (event != null) {
      boolean blank = lastBytes == 0 || (lastBytes & 0xffff) == 0x0a0a || lastBytes == 0x0d0a0d0a;
      int length = event.length + (blank ? 0 : BLANK.length);
      open(out, length);
      out.writeBytes(BLANK, 0, length - event.length).writeBytes(event);
      close(out, length);
    }
    if (framing == Framing.CHUNKED) {
      out.writeBytes(LAST_CHUNK);
    }
    client.write(out);
    client.flush();
    return true;
  }

  /** What the engine said that it processed. */
  Usage usage() {
    if (inspector != null) {
      return inspector.usage();
    }
    return tail == null ? Usage.UNKNOWN : tail.usage(loop.usage);
  }
}
