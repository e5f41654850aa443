package io.ergane.extproc;

import io.ergane.extproc.wire.BodyMode;
import io.ergane.extproc.wire.ProcessingAnswers;
import io.ergane.extproc.wire.ProcessingMessage;

/** Passes an engine's answer, where Envoy sends it over the stream, and watches it. */
final class ResponsePhase {
  private final AnswerWatch watch;
  private final ProcessingAnswers answers;
  private final Output out;

  ResponsePhase(int maxFrameBytes, ProcessingAnswers answers, Output out) {
    this.watch = new AnswerWatch(maxFrameBytes);
    this.answers = answers;
    this.out = out;
  }

  AnswerWatch watch() {
    return watch;
  }

  void headers(ProcessingMessage message, long now) {
    watch.servedBy(message.served());
    watch.head(message.headers(), message.endOfStream(), now);
    out.send(ProcessingAnswers.RESPONSE_HEADERS);
  }

  /**
   * @param mode of the stream's bodies; pieces in full duplex are sent back
   */
  void body(ProcessingMessage message, BodyMode mode, long now) {
    watch.servedBy(message.served());
    boolean repeatedEnd = watch.complete() && message.bodyLength() == 0;
    if (repeatedEnd) {
      return;
    }
    byte[] bytes = message.bytes();
    int from = message.bodyStart();
    int length = message.bodyLength();
    boolean last = message.endOfStream();
    watch.body(bytes, from, length, last, now);
    if (mode == BodyMode.FULL_DUPLEX_STREAMED) {
      Direction.echo(answers, out, bytes, from, length, last);
    } else {
      out.send(ProcessingAnswers.RESPONSE_BODY);
    }
  }

  void trailers(long now) {
    watch.completed(now);
    out.send(ProcessingAnswers.RESPONSE_TRAILERS);
  }
}
