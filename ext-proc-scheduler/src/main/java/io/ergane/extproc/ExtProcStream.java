package io.ergane.extproc;

import io.ergane.core.llm.Api;
import io.ergane.dataplane.decision.Ledger;
import io.ergane.dataplane.decision.Outcome;
import io.ergane.dataplane.decision.OwnAnswer;
import io.ergane.dataplane.decision.Refusal;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.extproc.wire.ProcessingAnswers;
import io.ergane.extproc.wire.ProcessingMessage;
import io.grpc.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One ext_proc stream: the messages of one HTTP request.
 *
 * <table>
 * <caption>States; from each of them a stream that ends leads to OVER</caption>
 * <tr><th>state</th><th>event</th><th>next</th></tr>
 * <tr><td>FRESH</td><td>request headers: refused, or a path of our own: answered, closed</td><td>OVER</td></tr>
 * <tr><td>FRESH</td><td>request headers: the body is waited for</td><td>READING</td></tr>
 * <tr><td>READING</td><td>the body is whole: refused, closed</td><td>OVER</td></tr>
 * <tr><td>READING</td><td>the body is whole: directed, closed; the access log tells of the end</td><td>OVER</td></tr>
 * <tr><td>READING</td><td>the body is whole: directed; this stream tells of the end</td><td>DIRECTED</td></tr>
 * <tr><td>READING</td><td>the answer begins: someone else gave it</td><td>READING</td></tr>
 * <tr><td>FRESH, READING</td><td>headers or body do not come in time: refused, closed</td><td>OVER</td></tr>
 * <tr><td>DIRECTED</td><td>messages of the answer: watched and passed</td><td>DIRECTED</td></tr>
 * </table>
 *
 * <p>On the way to OVER what is held is released and telemetry is told, each once. Belongs to one
 * thread at a time.
 */
final class ExtProcStream extends Undecided.Member {
  private enum State {
    FRESH,
    READING,
    DIRECTED,
    OVER
  }

  private final ServerState server;
  private final LoopState loop;
  private final Output out;
  private final Object connection;
  private final Ledger ledger;
  private final Held held;
  private State state = State.FRESH;
  private Protocol protocol;
  private long token = Tokens.NONE;
  private RequestHead head = RequestHead.NONE;
  private @Nullable ResponsePhase response;
  private @Nullable OpenRequest open;

  /**
   * @param connection tells apart the connections that streams come over
   */
  ExtProcStream(ServerState server, LoopState loop, Output out, Object connection) {
    this.server = server;
    this.loop = loop;
    this.out = out;
    this.connection = connection;
    this.ledger = new Ledger(server.telemetry, server.dataplane);
    this.held = new Held(server);
    this.protocol = Protocol.assumed(server.settings.accounting());
    loop.undecided.add(this, server.now());
  }

  private void enter(State next) {
    state = next;
    if (next == State.DIRECTED || next == State.OVER) {
      loop.undecided.remove(this);
    }
  }

  /** Takes a message. */
  void message(ProcessingMessage message) {
    if (state == State.OVER) {
      return;
    }
    server.counts.add(message.kind());
    if (message.problem() != null) {
      fail(Counts.Failure.MALFORMED, Status.INVALID_ARGUMENT, message.problem());
    } else if (message.observed()) {
      ended();
      out.complete();
    } else {
      if (message.configured()) {
        protocol = Protocol.of(message, server.settings.accounting());
      }
      dispatch(message);
    }
  }

  private void dispatch(ProcessingMessage message) {
    switch (message.kind()) {
      case REQUEST_HEADERS -> requestHeaders(message);
      case REQUEST_BODY -> requestBody(message);
      case REQUEST_TRAILERS -> requestTrailers();
      case RESPONSE_HEADERS -> response().headers(message, server.now());
      case RESPONSE_BODY -> response().body(message, protocol.response(), server.now());
      case RESPONSE_TRAILERS -> response().trailers(server.now());
      case NOTHING ->
          fail(Counts.Failure.ORDER, Status.UNIMPLEMENTED, "The message is of no known kind.");
    }
  }

  private ResponsePhase response() {
    ResponsePhase phase = response;
    if (phase == null) {
      phase = new ResponsePhase(server.settings.limits().maxFrameBytes(), loop.answers, out);
      response = phase;
      loop.undecided.remove(this);
    }
    return phase;
  }

  private void requestHeaders(ProcessingMessage message) {
    if (state != State.FRESH) {
      outOfOrder("request headers came twice");
      return;
    }
    enter(State.READING);
    RequestHead asked = new RequestHead(message.headers().copy());
    head = asked;
    asked.restrict(message.subset());
    if (asked.api() != null) {
      asked.describe(ledger.record, loop.ids);
      ledger.started(server.now());
    }
    OwnAnswer own = server.ownPaths.answer(asked.method(), asked.path());
    if (own != null) {
      answer(own, "ergane_own_path");
      return;
    }
    Refusal refusal = unwanted(asked);
    if (refusal != null) {
      refuse(refusal);
    } else if (message.endOfStream()) {
      decide(new byte[0], 0, 0, true, false);
    } else {
      awaitBody();
    }
  }

  private @Nullable Refusal unwanted(RequestHead asked) {
    Refusal unserved = asked.unserved(server.settings.limits().maxBodyBytes());
    return unserved == null ? held.admit() : unserved;
  }

  private void awaitBody() {
    Refusal unusable = protocol.unusable();
    if (unusable != null) {
      refuse(unusable);
    } else if (protocol.wholeBodies()) {
      Duration most = server.settings.timeouts().upload();
      Duration time = protocol.timeFor(head.contentLength(), most);
      if (time == null) {
        askForBody();
      } else if (held.takeTurn(head.contentLength(), loop.thread, () -> askForLongBody(time))) {
        askForLongBody(time);
      } else {
        out.send(loop.answers.moreTime(most));
      }
    }
  }

  private void askForBody() {
    token = server.open.newToken();
    out.send(loop.answers.named(Tokens.text(token)));
  }

  private void askForLongBody(Duration time) {
    if (state == State.READING && response == null) {
      askForBody();
      out.send(loop.answers.moreTime(time));
    }
  }

  private void requestBody(ProcessingMessage message) {
    if (state == State.READING) {
      head.restrict(message.subset());
    }
    boolean repeatedEnd = message.endOfStream() && message.bodyLength() == 0;
    switch (state) {
      case FRESH -> outOfOrder("a body came before the headers; set request_header_mode to SEND");
      case READING -> {
        switch (protocol.request()) {
          case BUFFERED -> whole(message, true);
          case BUFFERED_PARTIAL -> whole(message, message.endOfStream());
          case NONE, STREAMED, FULL_DUPLEX_STREAMED, OTHER -> piece(message);
        }
      }
      case DIRECTED -> {
        if (!repeatedEnd) {
          outOfOrder("a body came after its end");
        }
      }
      case OVER -> {}
    }
  }

  private void whole(ProcessingMessage message, boolean complete) {
    held.releaseBody();
    decide(message.bytes(), message.bodyStart(), message.bodyLength(), complete, false);
  }

  private void piece(ProcessingMessage message) {
    BodyBuffer pieces = held.pieces();
    Refusal tooMuch = pieces.add(message, head.contentLength());
    if (tooMuch != null) {
      refuse(tooMuch);
    } else if (message.endOfStream()) {
      decide(pieces.bytes(), 0, pieces.length(), true, false);
    }
  }

  private void requestTrailers() {
    switch (state) {
      case FRESH -> outOfOrder("trailers came before the headers");
      case READING -> {
        BodyBuffer pieces = held.pieces();
        decide(pieces.bytes(), 0, pieces.length(), true, true);
      }
      case DIRECTED -> out.send(ProcessingAnswers.REQUEST_TRAILERS);
      case OVER -> {}
    }
  }

  private void decide(byte[] bytes, int from, int length, boolean complete, boolean trailers) {
    int most = server.settings.limits().maxBodyBytes();
    if (length > most) {
      refuse(Refusal.bodyTooLarge(most));
      return;
    }
    Api api = head.api() == null ? Api.OTHER : head.api();
    Outcome outcome =
        complete
            ? loop.decider.decide(api, bytes, from, length, head, ledger)
            : loop.decider.decideOnBeginning(api, bytes, from, length, head, ledger);
    switch (outcome) {
      case Outcome.Refused refused -> {
        boolean cut = !complete && !ledger.record.counted && head.mayComeAgain();
        if (cut && refused.refusal().code().equals(Refusal.MODEL_NOT_FOUND)) {
          askAgain();
        } else {
          refuse(refused.refusal());
        }
      }
      case Outcome.Chosen chosen -> direct(chosen, bytes, from, length, trailers);
    }
  }

  private void askAgain() {
    out.send(loop.answers.wholeBody());
    enter(State.OVER);
    held.release();
    ledger.withdrawn();
    out.complete();
  }

  private void direct(Outcome.Chosen to, byte[] bytes, int from, int length, boolean trailers) {
    RequestRecord record = ledger.record;
    record.pod = to.hold().endpoint().pod();
    record.attempts = 1;
    ledger.upstreamStarted();
    boolean told = token != Tokens.NONE;
    long named = told ? token : server.open.newToken();
    OpenRequest decided = server.open.add(named, to.hold(), ledger, connection, server.now());
    held.handOver();
    open = decided;
    enter(State.DIRECTED);
    Direction direction = Direction.of(to, decided, told, head);
    int pieces = held.pieceCount();
    long declared = head.contentLength();
    direction.send(
        loop.answers, out, protocol.request(), bytes, from, length, declared, pieces, trailers);
    head = RequestHead.NONE;
    held.releaseBody();
    if (!protocol.watched()) {
      enter(State.OVER);
      out.complete();
    }
  }

  private void refuse(Refusal refusal) {
    ledger.refused(refusal);
    answer(OwnAnswer.to(refusal, head.api(), server.errors), "ergane_" + refusal.code());
  }

  private void answer(OwnAnswer own, String details) {
    ledger.record.status = own.status();
    ledger.firstByte();
    ledger.lastByte();
    Direction.answer(loop.answers, out, own, details);
    enter(State.OVER);
    held.release();
    ledger.ended();
    out.complete();
  }

  private void outOfOrder(String what) {
    fail(
        Counts.Failure.ORDER,
        Status.FAILED_PRECONDITION,
        "Messages are out of order: " + what + ".");
  }

  private void fail(Counts.Failure why, Status status, @Nullable String what) {
    server.counts.add(why);
    ended();
    out.fail(status.withDescription(what));
  }

  @Override
  void late() {
    server.counts.add(Counts.Failure.LATE);
    String text =
        "The request did not arrive within %d s; send it again."
            .formatted(server.settings.timeouts().upload().toSeconds());
    if (state == State.READING) {
      refuse(Refusal.badMessage(408, text));
    } else {
      ended();
      out.fail(Status.DEADLINE_EXCEEDED.withDescription(text));
    }
  }

  /** The program failed on a message. */
  void failed() {
    server.counts.add(Counts.Failure.INTERNAL);
    if (state == State.READING) {
      refuse(Refusal.INTERNAL);
    } else if (state != State.OVER) {
      ended();
      out.fail(Status.INTERNAL.withDescription("The scheduler failed; its log says how."));
    }
  }

  /** Envoy sends nothing more. */
  void halfClosed() {
    if (state != State.OVER) {
      ended();
      out.complete();
    }
  }

  /** The stream is gone, or nothing more can come of it; calls after the first do nothing. */
  void ended() {
    State before = state;
    enter(State.OVER);
    OpenRequest decided = open;
    open = null;
    if (before == State.READING) {
      abandoned();
    } else if (before == State.DIRECTED && decided != null) {
      OpenRequest mine = server.open.take(decided.token);
      if (mine != null && mine.hold != null) {
        server.settlement.streamed(mine, mine.hold, response().watch());
      }
    }
    held.release();
  }

  private void abandoned() {
    AnswerWatch seen = response().watch();
    if (seen.begun()) {
      ledger.record.status = seen.status();
      ledger.ended();
    } else {
      server.settlement.undecided(ledger, protocol.watched() ? Tokens.NONE : token, connection);
    }
  }
}
