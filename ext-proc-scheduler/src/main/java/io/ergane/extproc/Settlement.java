package io.ergane.extproc;

import io.ergane.api.ObjectName;
import io.ergane.core.llm.Usage;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.schedule.Decision;
import io.ergane.dataplane.Hold;
import io.ergane.dataplane.decision.Ledger;
import io.ergane.dataplane.decision.Refusal;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.extproc.wire.LogEntry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings what is learned of a request's end to the endpoint's health, to the prefix index, to the
 * in-flight counts and to telemetry. Each request is settled once, by its owner.
 */
final class Settlement {
  private static final int CLIENT_CLOSED_REQUEST = 499;

  // How Envoy's response code details begin.
  private static final String FROM_ENGINE = "via_upstream";
  private static final String NOT_DIRECTED = "ext_proc_error";
  private static final String BROKEN_OFF = "upstream_reset_after_response_started";

  // Field numbers of envoy.data.accesslog.v3.ResponseFlags as bits.
  private static final long TIMEOUT = 1L << 3;
  private static final long REMOTE_RESET = 1L << 5;
  private static final long NOT_CONNECTED = 1L << 6;
  private static final long CONNECTION_ENDED = 1L << 7;
  private static final long CLIENT_LEFT = 1L << 15 | 1L << 28;
  private static final long DURATION_EXCEEDED = 1L << 20;
  private static final long PROTOCOL_ERROR = 1L << 24;
  private static final long ENGINE_FAILED =
      TIMEOUT | REMOTE_RESET | NOT_CONNECTED | CONNECTION_ENDED | PROTOCOL_ERROR;

  private final ServerState server;

  Settlement(ServerState server) {
    this.server = server;
  }

  /** The access log tells of the request. */
  void logged(OpenRequest request, LogEntry entry) {
    RequestRecord record = request.ledger.record;
    record.status = entry.status == 0 ? CLIENT_CLOSED_REQUEST : entry.status;
    record.clientLeft = entry.any(CLIENT_LEFT) || entry.status == 0;
    if (!entry.protocol.isEmpty()) {
      record.protocol = entry.protocol;
    }
    times(record, entry);
    if (request.hold != null) {
      directed(request, request.hold, entry);
    } else if (entry.details.startsWith(NOT_DIRECTED)) {
      request.ledger.refused(Refusal.answeredTooLate(entry.status, entry.details));
    }
    end(request, entry.duration < 0 ? server.now() : record.startNanos + entry.duration);
  }

  private void directed(OpenRequest request, Hold hold, LogEntry entry) {
    RequestRecord record = request.ledger.record;
    boolean fromEngine =
        entry.details.equals(FROM_ENGINE)
            || entry.details.startsWith(BROKEN_OFF)
            || (record.clientLeft && entry.firstByte >= 0);
    record.upstreamStatus = fromEngine ? entry.status : 0;
    record.attempts = Math.max(1, entry.attempts);
    boolean reached = moved(request.ledger, hold, entry.upstream);
    judge(request.ledger, hold, entry, reached, fromEngine);
    tokens(record, entry.inputTokens, entry.outputTokens, entry.responseBytes);
  }

  private static void times(RequestRecord record, LogEntry entry) {
    if (entry.upstreamStart >= 0) {
      record.upstreamStartNanos = record.startNanos + entry.upstreamStart;
    }
    if (entry.firstByte >= 0) {
      record.firstByteNanos = record.startNanos + entry.firstByte;
    }
    if (entry.lastByte >= 0) {
      record.lastByteNanos = record.startNanos + entry.lastByte;
    }
  }

  /**
   * Moves the hold to the endpoint that served, past those that failed on the way.
   *
   * @param served null when no endpoint was reached
   * @return whether the hold is on the endpoint that served
   */
  private boolean moved(Ledger ledger, Hold hold, @Nullable String served) {
    RequestRecord record = ledger.record;
    int to = served == null ? -1 : indexOf(hold.choices(), served);
    for (int i = 1; i <= to; i++) {
      failed(ledger, hold);
      Decision.Choice next = hold.choices().get(i);
      hold.fallBack(choice -> choice.equals(next));
    }
    record.pod = to >= 0 || served == null ? hold.endpoint().pod() : podAt(record, served);
    return to >= 0;
  }

  private static int indexOf(List<Decision.Choice> choices, String destination) {
    for (int i = 0; i < choices.size(); i++) {
      if (choices.get(i).endpoint().destination().equals(destination)) {
        return i;
      }
    }
    return -1;
  }

  private @Nullable ObjectName podAt(RequestRecord record, String destination) {
    var pool = record.server == null ? null : server.dataplane.state().pool(record.server);
    if (pool != null) {
      for (Endpoint endpoint : pool.table().rows()) {
        if (endpoint.destination().equals(destination)) {
          return endpoint.pod();
        }
      }
    }
    return null;
  }

  private static void judge(
      Ledger ledger, Hold hold, LogEntry entry, boolean reached, boolean fromEngine) {
    boolean nowhere = entry.upstream == null;
    if ((reached || nowhere) && entry.any(ENGINE_FAILED)) {
      failed(ledger, hold);
    } else if (reached && fromEngine && fails(entry.status)) {
      failed(ledger, hold);
    } else if (!reached || (fromEngine && refuses(entry.status))) {
      hold.refused();
    } else if (fromEngine && !ledger.record.clientLeft) {
      hold.succeeded();
    }
    if (fromEngine && entry.any(ENGINE_FAILED | DURATION_EXCEEDED)) {
      ledger.refused(Refusal.brokenOff(how(entry)));
    } else if (nowhere && entry.details.startsWith(NOT_DIRECTED)) {
      ledger.record.attempts = 0;
      ledger.refused(Refusal.answeredTooLate(entry.status, entry.details));
    } else if (!fromEngine && entry.status >= 400) {
      int attempts = ledger.record.attempts;
      ledger.refused(Refusal.allFailed(entry.status, attempts, how(entry), 0));
    }
  }

  private static String how(LogEntry entry) {
    if (entry.any(NOT_CONNECTED)) {
      return "the connection failed";
    }
    if (entry.any(TIMEOUT | DURATION_EXCEEDED)) {
      return "no answer in time";
    }
    if (entry.any(REMOTE_RESET | CONNECTION_ENDED)) {
      return "the engine closed the connection";
    }
    return entry.details.isEmpty() ? "Envoy gave no reason" : entry.details;
  }

  /** 501 and 505 are about the request, not about the engine's state. */
  private static boolean fails(int status) {
    return status >= 500 && status != 503 && status != 501 && status != 505;
  }

  private static boolean refuses(int status) {
    return status == 429 || status == 503;
  }

  private static void failed(Ledger ledger, Hold hold) {
    if (hold.failed()) {
      ledger.record.ejections++;
    }
  }

  private static void tokens(RequestRecord record, int input, int output, long responseBytes) {
    if (input >= 0) {
      record.inputTokens = input;
    }
    if (output >= 0) {
      record.outputTokens = output;
    } else if (record.status < 300 && responseBytes > 0) {
      record.outputTokens = AnswerLength.tokens(responseBytes, record.stream);
      record.outputEstimated = true;
    }
  }

  /** The stream over which the answer went has ended. */
  void streamed(OpenRequest request, Hold hold, AnswerWatch answer) {
    RequestRecord record = request.ledger.record;
    boolean complete = answer.complete();
    record.clientLeft = !complete;
    record.status = answer.status() == 0 ? CLIENT_CLOSED_REQUEST : answer.status();
    record.upstreamStatus = answer.status();
    record.firstByteNanos = answer.firstByteNanos();
    record.lastByteNanos = answer.lastByteNanos();
    boolean reached =
        moved(request.ledger, hold, answer.served())
            || (answer.served() == null && answer.status() != 0);
    record.attempts = hold.attempts();
    if (reached && fails(answer.status())) {
      failed(request.ledger, hold);
    } else if (reached && refuses(answer.status())) {
      hold.refused();
    } else if (reached && complete) {
      hold.succeeded();
    }
    Usage usage = answer.usage();
    tokens(record, usage.prompt(), usage.completion(), answer.bytes());
    end(request, server.now());
  }

  /**
   * The stream ended before anything was decided: the client left, unless Envoy's access log says
   * otherwise.
   *
   * @param token under which an entry is due; {@link Tokens#NONE} when none is
   */
  void undecided(Ledger ledger, long token, Object connection) {
    long now = server.now();
    ledger.record.status = CLIENT_CLOSED_REQUEST;
    ledger.record.clientLeft = true;
    if (token == Tokens.NONE) {
      ledger.ended(now);
    } else {
      ledger.record.endNanos = now;
      server.counts.inFlight.incrementAndGet();
      server.open.addUndecided(token, ledger, connection, now);
    }
  }

  /** Nothing was learned of the request's end. */
  void lost(OpenRequest request, Counts.Lost why) {
    if (request.hold == null) {
      end(request, request.ledger.record.endNanos);
      return;
    }
    server.counts.add(why);
    long waited = server.now() - request.ledger.record.startNanos;
    request.ledger.record.errorType = "accounting_lost";
    request.ledger.record.errorMessage =
        "Envoy told nothing of the request's end for "
            + TimeUnit.NANOSECONDS.toSeconds(waited)
            + " s.";
    end(request, server.now());
  }

  private void end(OpenRequest request, long at) {
    if (request.hold != null) {
      request.ledger.record.prefixEvictions = request.hold.prefixEvictions();
      request.hold.end();
    }
    server.counts.inFlight.decrementAndGet();
    request.ledger.ended(at);
  }
}
