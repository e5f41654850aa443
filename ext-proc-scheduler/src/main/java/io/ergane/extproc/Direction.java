package io.ergane.extproc;

import io.ergane.core.llm.Edit;
import io.ergane.core.llm.RequestRewrite;
import io.ergane.core.schedule.Decision;
import io.ergane.dataplane.decision.Outcome;
import io.ergane.dataplane.decision.OwnAnswer;
import io.ergane.extproc.wire.BodyMode;
import io.ergane.extproc.wire.ProcessingAnswers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells Envoy where a request goes, in the way in which its body came.
 *
 * @param tokenTold Envoy knows the token of the decision
 * @param freshId for a request without a sound id, null for others
 * @param lengthKept the request's length is in {@link ProcessingAnswers#LENGTH} too
 * @param edits of the body, ascending
 */
record Direction(
    Outcome.Chosen to,
    OpenRequest decided,
    boolean tokenTold,
    @Nullable String freshId,
    boolean lengthKept,
    List<Edit> edits) {

  /** With its frame below the 64 KiB that Envoy recommends for messages. */
  private static final int PIECE = 62_000;

  static Direction of(Outcome.Chosen to, OpenRequest decided, boolean tokenTold, RequestHead head) {
    String id = decided.ledger.record.requestId;
    return new Direction(
        to,
        decided,
        tokenTold,
        id == null || head.hasId(id) ? null : id,
        head.header(ProcessingAnswers.LENGTH) != null,
        RequestRewrite.edits(to.facts(), to.upstreamModel(), false));
  }

  /**
   * Sends the answers that are due.
   *
   * @param contentLength of the request's header, -1 when it has none
   * @param pieces messages that the body came in
   * @param trailers the body was ended by trailers
   */
  void send(
      ProcessingAnswers answers,
      Output out,
      BodyMode mode,
      byte[] bytes,
      int from,
      int length,
      long contentLength,
      int pieces,
      boolean trailers) {
    int growth = RequestRewrite.growth(edits);
    long changed = edits.isEmpty() || contentLength < 0 ? -1 : contentLength + growth;
    switch (mode) {
      case BUFFERED, BUFFERED_PARTIAL ->
          out.send(answers.body(direction(changed), bytes, from, length, edits));
      case NONE, STREAMED, OTHER -> {
        out.send(answers.headers(direction(changed)));
        streamed(answers, out, bytes, from, length, pieces);
      }
      case FULL_DUPLEX_STREAMED -> {
        out.send(answers.headers(direction(length + growth)));
        if (edits.isEmpty()) {
          pieces(answers, out, bytes, from, length, !trailers);
        } else {
          byte[] edited = RequestRewrite.apply(bytes, from, length, edits);
          pieces(answers, out, edited, 0, edited.length, !trailers);
        }
      }
    }
    if (trailers) {
      out.send(ProcessingAnswers.REQUEST_TRAILERS);
    }
  }

  private ProcessingAnswers.Direction direction(long contentLength) {
    return new ProcessingAnswers.Direction(
        destinations(),
        to.pool().name().toString(),
        tokenTold ? null : Tokens.text(decided.token),
        freshId,
        contentLength,
        lengthKept,
        maxRetries());
  }

  /** With fewer endpoints than attempts, Envoy would go on with endpoints of its own choice. */
  private int maxRetries() {
    int fallbacks = to.hold().choices().size() - 1;
    return fallbacks < to.pool().traffic().attempts() - 1 ? fallbacks : -1;
  }

  private String destinations() {
    List<Decision.Choice> choices = to.hold().choices();
    String first = choices.get(0).endpoint().destination();
    if (choices.size() == 1) {
      return first;
    }
    StringBuilder all = new StringBuilder(24 * choices.size()).append(first);
    for (int i = 1; i < choices.size(); i++) {
      all.append(',').append(choices.get(i).endpoint().destination());
    }
    return all.toString();
  }

  /** One answer a piece; an edited body takes the place of the first. */
  private void streamed(
      ProcessingAnswers answers, Output out, byte[] bytes, int from, int length, int pieces) {
    for (int i = 0; i < pieces; i++) {
      if (edits.isEmpty()) {
        out.send(ProcessingAnswers.REQUEST_BODY);
      } else if (i == 0) {
        out.send(answers.replaced(RequestRewrite.apply(bytes, from, length, edits)));
      } else {
        out.send(answers.dropped());
      }
    }
  }

  private static void pieces(
      ProcessingAnswers answers, Output out, byte[] bytes, int from, int length, boolean last) {
    int at = 0;
    do {
      int count = Math.min(PIECE, length - at);
      at += count;
      out.send(answers.requestPiece(bytes, from + at - count, count, last && at == length));
    } while (at < length);
  }

  /** Sends a piece of an answer back unchanged. */
  static void echo(
      ProcessingAnswers answers, Output out, byte[] bytes, int from, int length, boolean last) {
    int at = 0;
    do {
      int count = Math.min(PIECE, length - at);
      at += count;
      out.send(answers.responsePiece(bytes, from + at - count, count, last && at == length));
    } while (at < length);
  }

  /** Sends an answer of our own. */
  static void answer(ProcessingAnswers answers, Output out, OwnAnswer own, String details) {
    List<String> headers = new ArrayList<>(6);
    headers.add("content-type");
    headers.add(own.contentType());
    if (own.retryAfterSeconds() > 0) {
      headers.add("retry-after");
      headers.add(Integer.toString(own.retryAfterSeconds()));
    }
    String allow = own.allow();
    if (allow != null) {
      headers.add("allow");
      headers.add(allow);
    }
    out.send(answers.immediate(own.status(), own.body(), details, headers.toArray(String[]::new)));
  }
}
