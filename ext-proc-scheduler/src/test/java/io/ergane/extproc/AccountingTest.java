package io.ergane.extproc;

import static io.ergane.extproc.Script.body;
import static io.ergane.extproc.Script.chat;
import static io.ergane.extproc.Script.post;
import static io.ergane.extproc.Script.responseBody;
import static io.ergane.extproc.Script.responseHeaders;
import static io.ergane.extproc.Script.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.data.accesslog.v3.AccessLogType;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.ergane.api.ObjectName;
import io.ergane.dataplane.telemetry.RequestRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How the ends of requests are learned of, and that each is learned of once. */
class AccountingTest {
  private static final BodySendMode NONE = BodySendMode.NONE;
  private static final BodySendMode BUFFERED = BodySendMode.BUFFERED;
  private static final BodySendMode DUPLEX = BodySendMode.FULL_DUPLEX_STREAMED;
  private static final byte[] BODY = utf8(chat("plain"));

  private final World world = new World();
  private final Log log = new Log(world.server);

  private Envoy directed() {
    return new Envoy(world).send(post(BUFFERED, NONE), body(BODY, true));
  }

  private static HTTPAccessLogEntry.Builder entryOf(Envoy envoy, int choice) {
    String[] address = envoy.destinations().get(choice).split(":");
    return Entries.served(envoy.token(), address[0], Integer.parseInt(address[1]));
  }

  private long count(Counts.Entry entry) {
    return world.server.counts.entries[entry.ordinal()].sum();
  }

  private ObjectName pod(String destination) {
    int index = Integer.parseInt(destination.substring(destination.length() - 1));
    return new ObjectName("default", "plain-" + index);
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  @Test
  void anEntrySettlesItsRequest() {
    Envoy envoy = directed();
    envoy.stream.ended();
    assertThat(world.dataplane.board().totalInFlight()).isEqualTo(1);

    log.read(Entries.withUsage(entryOf(envoy, 0), 12, 34));

    world.assertQuiet();
    RequestRecord record = world.telemetry.last();
    assertThat(record.status).isEqualTo(200);
    assertThat(record.upstreamStatus).isEqualTo(200);
    assertThat(record.attempts).isEqualTo(1);
    assertThat(record.protocol).isEqualTo("HTTP/2");
    assertThat(record.pod).isEqualTo(pod(envoy.destinations().getFirst()));
    assertThat(record.inputTokens).isEqualTo(12);
    assertThat(record.outputTokens).isEqualTo(34);
    assertThat(record.outputEstimated).isFalse();
    assertThat(record.clientLeft).isFalse();
    assertThat(record.errorType).isNull();
    assertThat(millis(record.firstByteNanos - record.startNanos)).isEqualTo(100);
    assertThat(millis(record.lastByteNanos - record.startNanos)).isEqualTo(240);
    assertThat(millis(record.endNanos - record.startNanos)).isEqualTo(250);
  }

  @Test
  void withoutUsageOutputIsEstimatedAndSaidToBe() {
    log.read(entryOf(directed(), 0));
    assertThat(world.telemetry.last().outputEstimated).isTrue();
    assertThat(world.telemetry.last().outputTokens).isEqualTo(AnswerLength.tokens(1000, true));
  }

  @Test
  void whenTheStreamEndsBeforeOrAfterDoesNotMatter() {
    Envoy before = directed();
    before.stream.ended();
    log.read(entryOf(before, 0));
    Envoy after = directed();
    log.read(entryOf(after, 0));
    after.stream.ended();
    after.stream.halfClosed();
    world.assertQuiet();
    assertThat(world.telemetry.ended).hasSize(2);
  }

  /**
   * Envoy knows the decision's name before it is made, so it can tell of clients that left then.
   */
  @Test
  void aClientThatLeavesWhileTheDecisionIsMadeIsToldOf() {
    Envoy envoy = new Envoy(world).send(post(BUFFERED, NONE));
    String token = envoy.token();
    envoy.send(body(BODY, true));
    HTTPAccessLogEntry.Builder entry = Entries.served(token, "", 0);
    ResponseFlags left =
        ResponseFlags.newBuilder().setDownstreamConnectionTermination(true).build();
    log.read(Entries.failed(entry, 0, "downstream_remote_disconnect", left));
    world.assertQuiet();
    assertThat(world.telemetry.last().status).isEqualTo(499);

    Envoy undecided = new Envoy(world).send(post(BUFFERED, NONE));
    log.read(Entries.failed(Entries.served(undecided.token(), "", 0), 0, "", left));
    undecided.stream.ended();
    assertThat(world.server.counts.inFlight).hasValue(1);
    expire();
    world.assertQuiet();
    assertThat(world.telemetry.last().status).isEqualTo(499);
    assertThat(world.telemetry.last().clientLeft).isTrue();
    assertThat(world.telemetry.last().endNanos).isLessThan(world.clock.now());
    assertThat(world.server.counts.lost).allMatch(why -> why.sum() == 0);
  }

  private void expire() {
    world.clock.pass(World.SETTINGS.accounting().orphanAfter());
    world
        .server
        .open
        .takeLost(world.server.now())
        .forEach(request -> world.server.settlement.lost(request, Counts.Lost.TIMEOUT));
  }

  /** As Envoy ends a request whose decision took too long: it asked no engine. */
  private static HTTPAccessLogEntry.Builder tooLate(HTTPAccessLogEntry.Builder entry) {
    Entries.failed(
        entry,
        503,
        "ext_proc_error_per-message_timeout_exceeded",
        ResponseFlags.getDefaultInstance());
    entry
        .getCommonPropertiesBuilder()
        .clearUpstreamRemoteAddress()
        .clearUpstreamRequestAttemptCount();
    return entry;
  }

  /** Whoever ended the stream, the entry tells what the client got. */
  @Test
  void aRequestThatEnvoyAnsweredBeforeADecisionIsToldAsEnvoyTellsIt() {
    for (boolean failed : new boolean[] {false, true}) {
      Envoy envoy = new Envoy(world).send(post(BUFFERED, NONE));
      if (failed) {
        envoy.send(post(BUFFERED, NONE));
      } else {
        envoy.stream.ended();
      }
      log.read(tooLate(Entries.served(envoy.token(), "", 0)));

      world.assertQuiet();
      RequestRecord record = world.telemetry.last();
      assertThat(record.status).isEqualTo(503);
      assertThat(record.clientLeft).isFalse();
      assertThat(record.attempts).isZero();
      assertThat(record.errorType).isEqualTo("scheduling");
      assertThat(record.errorMessage).contains("too late");
      assertThat(millis(record.endNanos - record.startNanos)).isEqualTo(250);
      assertThat(count(Counts.Entry.SETTLED)).isEqualTo(failed ? 2 : 1);
    }
  }

  @Test
  void repeatedUnknownAndForeignEntriesSettleNothing() {
    Envoy envoy = directed();
    Envoy other = directed();
    log.read(entryOf(envoy, 0), entryOf(envoy, 0));
    log.read(Entries.served("0000000000000001", "127.0.0.1", 8010));
    log.read(Entries.served("nonsense", "127.0.0.1", 8010));
    log.read(HTTPAccessLogEntry.newBuilder());
    HTTPAccessLogEntry.Builder more = entryOf(other, 0);
    more.getCommonPropertiesBuilder().setAccessLogType(AccessLogType.DownstreamPeriodic);
    log.read(more);

    assertThat(count(Counts.Entry.SETTLED)).isEqualTo(1);
    assertThat(count(Counts.Entry.UNKNOWN)).isEqualTo(1);
    assertThat(count(Counts.Entry.FOREIGN)).isEqualTo(2);
    assertThat(count(Counts.Entry.UNDECIDED)).isEqualTo(1);
    assertThat(count(Counts.Entry.INTERMEDIATE)).isEqualTo(1);
    assertThat(world.server.open.size()).isEqualTo(1);
    log.read(entryOf(other, 0));
    world.assertQuiet();
  }

  @Test
  void aRetryMovesTheRequestToTheEndpointThatServed() {
    Envoy envoy = directed();
    HTTPAccessLogEntry.Builder entry = entryOf(envoy, 1);
    entry.getCommonPropertiesBuilder().setUpstreamRequestAttemptCount(2);
    log.read(entry);
    world.assertQuiet();
    assertThat(world.telemetry.last().pod).isEqualTo(pod(envoy.destinations().get(1)));
    assertThat(world.telemetry.last().attempts).isEqualTo(2);
  }

  @Test
  void anEngineThatFailsRepeatedlyLeavesTheRotation() {
    ResponseFlags refused = ResponseFlags.newBuilder().setUpstreamConnectionFailure(true).build();
    int ejections = 0;
    for (int i = 0; i < 12; i++) {
      Envoy envoy = directed();
      int failing = envoy.destinations().indexOf("127.0.0.1:8010");
      if (failing == 0) {
        log.read(
            Entries.failed(
                entryOf(envoy, 0),
                503,
                "upstream_reset_before_response_started{connection_failure}",
                refused));
        assertThat(world.telemetry.last().errorType).isEqualTo("proxy");
        assertThat(world.telemetry.last().upstreamStatus).isZero();
        ejections += world.telemetry.last().ejections;
      } else {
        log.read(entryOf(envoy, 0));
      }
    }
    assertThat(ejections).isEqualTo(1);
    world.assertQuiet();
  }

  @Test
  void aClientThatGaveUpIsNoFaultOfTheEngine() {
    ResponseFlags left =
        ResponseFlags.newBuilder().setDownstreamConnectionTermination(true).build();
    for (int i = 0; i < 20; i++) {
      log.read(Entries.failed(entryOf(directed(), 0), 0, "downstream_remote_disconnect", left));
      assertThat(world.telemetry.last().status).isEqualTo(499);
      assertThat(world.telemetry.last().clientLeft).isTrue();
      assertThat(world.telemetry.last().ejections).isZero();
    }
    world.assertQuiet();
  }

  @Test
  void aDecisionThatCameTooLateIsNoAttemptAtAnEngine() {
    log.read(tooLate(entryOf(directed(), 0)));
    assertThat(world.telemetry.last().status).isEqualTo(503);
    assertThat(world.telemetry.last().attempts).isZero();
    assertThat(world.telemetry.last().errorType).isEqualTo("scheduling");
    assertThat(world.telemetry.last().errorMessage)
        .contains("too late", "ext_proc_error_per-message_timeout_exceeded")
        .doesNotContain("attempt");
    assertThat(world.telemetry.last().ejections).isZero();
    world.assertQuiet();
  }

  @Test
  void anAnswerThatBrokeOffIsToldAsSuch() {
    ResponseFlags reset = ResponseFlags.newBuilder().setUpstreamConnectionTermination(true).build();
    log.read(
        Entries.failed(
            entryOf(directed(), 0),
            200,
            "upstream_reset_after_response_started{connection_termination}",
            reset));
    assertThat(world.telemetry.last().status).isEqualTo(200);
    assertThat(world.telemetry.last().upstreamStatus).isEqualTo(200);
    assertThat(world.telemetry.last().errorType).isEqualTo("proxy");
  }

  @Test
  void anEntryThatNeverComesIsWaitedForSoLong() {
    directed();
    Duration wait = World.SETTINGS.accounting().lostAfter();
    world.clock.pass(wait.minusSeconds(1));
    assertThat(world.server.open.takeLost(world.clock.now())).isEmpty();
    world.clock.pass(Duration.ofSeconds(1));
    for (OpenRequest lost : world.server.open.takeLost(world.clock.now())) {
      world.server.settlement.lost(lost, Counts.Lost.TIMEOUT);
    }
    world.assertQuiet();
    assertThat(world.telemetry.last().errorType).isEqualTo("accounting_lost");
  }

  @Test
  void aConnectionThatEndedShortensTheWaitOfItsRequestsOnly() {
    Object gone = new Object();
    new Envoy(world, gone).send(post(BUFFERED, NONE), body(BODY, true));
    Envoy other = directed();
    world.server.open.orphan(gone, world.clock.now());
    world.clock.pass(World.SETTINGS.accounting().orphanAfter());
    List<OpenRequest> lost = world.server.open.takeLost(world.clock.now());
    assertThat(lost).hasSize(1).allMatch(request -> request.orphaned);
    lost.forEach(request -> world.server.settlement.lost(request, Counts.Lost.CONNECTION));
    log.read(entryOf(other, 0));
    world.assertQuiet();
  }

  private static final String EVENTS =
      "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
          + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,"
          + "\"total_tokens\":10}}\n\ndata: [DONE]\n\n";

  /** Split points of the answer do not matter. */
  @Test
  void aStreamThatCarriesTheAnswerTellsOfItsEnd() {
    byte[] events = utf8(EVENTS);
    for (int size : new int[] {1, 7, events.length}) {
      Envoy envoy = new Envoy(world).send(post(DUPLEX, DUPLEX), body(BODY, true));
      int before = envoy.answers.size();
      String served = envoy.destinations().get(2);
      envoy.send(Script.withServed(responseHeaders(200, "text/event-stream", false), served));
      StringBuilder passed = new StringBuilder();
      for (int at = 0; at < events.length; at += size) {
        int end = Math.min(events.length, at + size);
        byte[] piece = java.util.Arrays.copyOfRange(events, at, end);
        envoy.send(responseBody(piece, end == events.length));
      }
      envoy.send(responseBody(new byte[0], true));
      for (ProcessingResponse answer : envoy.answers.subList(before + 1, envoy.answers.size())) {
        passed.append(
            answer
                .getResponseBody()
                .getResponse()
                .getBodyMutation()
                .getStreamedResponse()
                .getBody()
                .toStringUtf8());
      }
      assertThat(passed).hasToString(EVENTS);
      assertThat(world.server.open.size()).isEqualTo(1);
      envoy.stream.ended();
      world.assertQuiet();
      RequestRecord record = world.telemetry.last();
      assertThat(record.status).isEqualTo(200);
      assertThat(record.clientLeft).isFalse();
      assertThat(record.inputTokens).isEqualTo(7);
      assertThat(record.outputTokens).isEqualTo(3);
      assertThat(record.pod).isEqualTo(pod(served));
      assertThat(record.attempts).isEqualTo(3);
    }
  }

  @Test
  void bothTellersSettleARequestOnce() {
    for (boolean logFirst : new boolean[] {true, false}) {
      Envoy envoy = new Envoy(world).send(post(DUPLEX, DUPLEX), body(BODY, true));
      envoy.send(responseHeaders(200, "application/json", false));
      envoy.send(responseBody(utf8("{}"), true));
      if (logFirst) {
        log.read(entryOf(envoy, 0));
        envoy.stream.ended();
      } else {
        envoy.stream.ended();
        log.read(entryOf(envoy, 0));
      }
      world.assertQuiet();
    }
    assertThat(world.telemetry.ended).hasSize(2);
  }

  @Test
  void aStreamThatEndsWithinTheAnswerIsAClientThatLeft() {
    Envoy envoy = new Envoy(world).send(post(DUPLEX, DUPLEX), body(BODY, true));
    envoy.send(responseHeaders(200, "text/event-stream", false));
    envoy.stream.ended();
    world.assertQuiet();
    assertThat(world.telemetry.last().clientLeft).isTrue();
    assertThat(world.telemetry.last().status).isEqualTo(200);
  }

  @Test
  void anAnswerThatSomeoneElseGaveIsPassed() {
    Envoy envoy = new Envoy(world).send(post(BUFFERED, NONE));
    envoy.send(responseHeaders(429, "text/plain", true));
    assertThat(envoy.answers.getLast().hasResponseHeaders()).isTrue();
    envoy.stream.halfClosed();
    world.assertQuiet();
    assertThat(world.telemetry.last().status).isEqualTo(429);
  }

  @Test
  void tokensSurviveTheWayThroughText() {
    for (long token : new long[] {1, Tokens.of(0xABCDEF, 1L << 39), -1}) {
      assertThat(Tokens.parse(Tokens.text(token))).isEqualTo(token);
    }
    assertThat(Tokens.parse("xyz")).isEqualTo(Tokens.NONE);
    assertThat(Tokens.parse("000000000000000g")).isEqualTo(Tokens.NONE);
    assertThat(Tokens.parse(null)).isEqualTo(Tokens.NONE);
  }
}
