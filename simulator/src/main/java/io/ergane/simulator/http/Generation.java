package io.ergane.simulator.http;

import io.ergane.simulator.http.Fault.Point;
import io.ergane.simulator.model.EngineConfig;
import io.ergane.simulator.model.EngineRequest;
import io.ergane.simulator.model.Sequence;
import io.ergane.simulator.model.TokenListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * One inference request between the model and its connection. Confined to the engine's event loop.
 */
final class Generation implements TokenListener {
  /** Unsent bytes at which a client that does not read loses its answer. */
  private static final long MAX_UNSENT_BYTES = 16 << 20;

  private static final int EVENT_BYTES = 320;

  private final EngineProcess process;
  private final Responder responder;
  private final Answer answer;
  private final WholeAnswer whole;
  private final @Nullable AnswerShape stream;
  private final Fault fault;
  private final Runnable whenDone;
  private @Nullable Sequence sequence;
  private boolean headWritten;
  private boolean silent;
  private boolean done;

  /**
   * @param stream null for a JSON body
   * @param whenDone runs after the last byte was handed to a connection that stays usable
   */
  Generation(
      EngineProcess process,
      Responder responder,
      Answer answer,
      WholeAnswer whole,
      @Nullable AnswerShape stream,
      Fault fault,
      Runnable whenDone) {
    this.process = process;
    this.responder = responder;
    this.answer = answer;
    this.whole = whole;
    this.stream = stream;
    this.fault = fault;
    this.whenDone = whenDone;
  }

  void start(EngineRequest request) {
    sequence = process.model().submit(request, this, process.now());
    process.advance();
    if (done || silent) {
      return;
    }
    boolean breaksAfterHeaders =
        fault.reset() == Point.AFTER_HEADERS || fault.stall() == Point.AFTER_HEADERS;
    if (breaksAfterHeaders || (stream != null && fault.stall() != Point.BEFORE_HEADERS)) {
      writeHead();
      responder.context().flush();
    }
    if (fault.reset() == Point.AFTER_HEADERS) {
      responder.resetSoon();
    }
  }

  /** Whether the answer was given to its last byte, or the connection is gone. */
  boolean isDone() {
    return done;
  }

  /** Ends the request because its connection is gone. */
  void cancel() {
    if (done) {
      return;
    }
    done = true;
    process.countCancelled();
    process.advance();
    if (sequence != null) {
      process.model().cancel(sequence, process.now());
    }
    process.advance();
  }

  @Override
  public void onTokens(int first, int count, boolean last, long atNanos) {
    if (done || silent) {
      return;
    }
    if (sequence != null) {
      answer.cachedTokens = sequence.cachedTokens();
    }
    if (stream != null) {
      streamTokens(stream, first, first + count, last);
    } else if (last) {
      writeWhole();
    }
  }

  private void streamTokens(AnswerShape shape, int first, int end, boolean last) {
    int half = Math.max(1, answer.outputTokens / 2);
    boolean breaks = breaksMidStream() && end >= half;
    int until = breaks ? half : end;
    Channel channel = responder.context().channel();
    ByteBuf out = channel.alloc().buffer((until - first + 2) * EVENT_BYTES);
    writeHead();
    if (first == 0) {
      shape.begin(out);
    }
    for (int i = first; i < until; i++) {
      shape.token(out, i);
    }
    if (breaks) {
      responder.part(out);
      breakOff();
    } else if (last) {
      shape.end(out);
      responder.lastPart(out);
      finish();
    } else {
      responder.part(out);
      if (channel.bytesBeforeWritable() > MAX_UNSENT_BYTES) {
        responder.resetNow();
      }
    }
  }

  private void writeWhole() {
    ByteBuf out =
        responder.context().alloc().buffer(EVENT_BYTES * 2 + answer.outputTokens * Long.BYTES);
    whole.whole(out);
    if (breaksMidStream()) {
      responder.halfOf(out);
      breakOff();
    } else {
      responder.json(out);
      finish();
    }
  }

  private boolean breaksMidStream() {
    return fault.reset() == Point.MID_STREAM || fault.stall() == Point.MID_STREAM;
  }

  private void breakOff() {
    silent = true;
    if (fault.reset() == Point.MID_STREAM) {
      responder.resetSoon();
    }
  }

  private void finish() {
    done = true;
    process.countServed(answer.cut);
    whenDone.run();
  }

  /** Once: tokens may be due before {@link #start} comes to the head. */
  private void writeHead() {
    if (headWritten) {
      return;
    }
    headWritten = true;
    responder.head(stream != null ? Responder.EVENT_STREAM : "application/json");
  }

  /** Whether a request with that fault gets no token at all. */
  static boolean neverProduces(Fault fault) {
    return fault.reset() == Point.AFTER_HEADERS
        || fault.stall() == Point.BEFORE_HEADERS
        || fault.stall() == Point.AFTER_HEADERS;
  }

  static long unloadedFirstTokenNanos(EngineConfig config, int promptTokens) {
    return Math.max(config.firstTokenNanos(), config.stepNanos(1, promptTokens));
  }
}
