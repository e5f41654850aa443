package io.ergane.proxy;

import io.ergane.core.llm.Usage;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.schedule.Decision;
import io.ergane.dataplane.Hold;
import io.ergane.dataplane.decision.Ledger;
import io.ergane.dataplane.decision.Refusal;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.proxy.Attempt.Failure;
import io.ergane.proxy.http1.BodyFraming;
import io.ergane.proxy.http1.HeaderName;
import io.ergane.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gets one request answered by an engine: attempts, then the passing on of an answer.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>event</th><th>next</th></tr>
 * <tr><td>TRYING</td><td>connection failed, timeout or 5xx, and a fallback is left</td><td>TRYING, or PAUSING for the retry interval</td></tr>
 * <tr><td>TRYING</td><td>this process is out of sockets, and no fallback is left: answered 503</td><td>OVER</td></tr>
 * <tr><td>TRYING</td><td>first 429 or 503, and a fallback is left</td><td>TRYING</td></tr>
 * <tr><td>TRYING</td><td>404 for an adapter, and a fallback is left</td><td>TRYING</td></tr>
 * <tr><td>TRYING</td><td>connection failed, timeout or 5xx, and none is left: answered 503 or 504</td><td>OVER</td></tr>
 * <tr><td>TRYING</td><td>any other answer's head</td><td>RELAYING</td></tr>
 * <tr><td>PAUSING</td><td>interval over</td><td>TRYING</td></tr>
 * <tr><td>RELAYING</td><td>broke off with nothing sent to the client: as a failed attempt</td><td>TRYING, PAUSING, OVER</td></tr>
 * <tr><td>RELAYING</td><td>answer complete; or broke off, and was ended or cut</td><td>OVER</td></tr>
 * </table>
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class Delivery {
  private enum State {
    TRYING,
    PAUSING,
    RELAYING,
    OVER
  }

  private final Exchange exchange;
  private final ServerState server;
  private final LoopState loop;
  private final Hold hold;
  private final EngineRequest request;
  private final TrafficPolicy traffic;
  private final Ledger ledger;
  private final FrontConnection client;
  private State state = State.TRYING;
  private @Nullable String adapter;
  private boolean dropUsage;
  private @Nullable Attempt attempt;
  private @Nullable ScheduledFuture<?> pause;
  private @Nullable UpstreamConnection engine;
  private @Nullable ResponseRelay relay;
  private boolean keepAlive;
  private int refusedWith;
  private int retryAfter;
  private boolean onlyTimeouts = true;

  Delivery(
      Exchange exchange,
      ServerState server,
      LoopState loop,
      Hold hold,
      EngineRequest request,
      TrafficPolicy traffic) {
    this.exchange = exchange;
    this.server = server;
    this.loop = loop;
    this.hold = hold;
    this.request = request;
    this.traffic = traffic;
    this.ledger = exchange.ledger();
    this.client = exchange.client();
  }

  /**
   * Makes the first attempt.
   *
   * @param adapterName the LoRA adapter that the request names, null for none
   * @param dropsUsage the client did not ask for the usage that the engine is asked for
   */
  void begin(@Nullable String adapterName, boolean dropsUsage) {
    adapter = adapterName;
    dropUsage = dropsUsage;
    tryNow();
  }

  private void tryNow() {
    state = State.TRYING;
    RequestRecord record = ledger.record;
    record.pod = hold.endpoint().pod();
    record.attempts = hold.attempts();
    ledger.upstreamStarted();
    Attempt next = new Attempt(this, loop, hold.endpoint(), request, server.now());
    attempt = next;
    next.start(traffic.timeoutMillis());
  }

  /** The attempt brought no answer. */
  void failed(Failure failure) {
    ledger.upstreamEnded();
    onlyTimeouts &= failure.kind() == Failure.Kind.TIMEOUT;
    if (failure.kind() == Failure.Kind.OWN_LIMIT) {
      hold.refused();
    } else if (hold.failed()) {
      ledger.record.ejections++;
    }
    if (!next(_ -> true)) {
      exhausted(failure);
    } else if (traffic.retryIntervalMillis() > 0) {
      state = State.PAUSING;
      pause =
          loop.loop.schedule(this::tryNow, traffic.retryIntervalMillis(), TimeUnit.MILLISECONDS);
    } else {
      tryNow();
    }
  }

  private boolean next(Predicate<Decision.Choice> suits) {
    return hold.attempts() < traffic.attempts() && hold.fallBack(suits);
  }

  private void exhausted(Failure last) {
    if (last.kind() == Failure.Kind.OWN_LIMIT) {
      exchange.refuse(Refusal.overloaded(last.how()));
      return;
    }
    int status = refusedWith > 0 ? refusedWith : onlyTimeouts ? 504 : 503;
    exchange.refuse(
        Refusal.allFailed(status, hold.attempts(), last.how(), Math.max(1, retryAfter)));
  }

  /** The head of an answer arrived. */
  void answered(ResponseHead head, BodyFraming framing, UpstreamConnection connection) {
    int status = head.status();
    ledger.record.upstreamStatus = status;
    if (fails(status)) {
      connection.abandon();
      failed(new Failure(Failure.Kind.STATUS, "the engine answered " + status));
    } else if (refuses(status) ? elsewhere(status, head) : lacksAdapter(status)) {
      connection.abandon();
      ledger.upstreamEnded();
      tryNow();
    } else {
      relay(head, framing, connection);
    }
  }

  /** 501 and 505 are about the request, not about the engine's state. */
  private static boolean fails(int status) {
    return status >= 500 && status != 503 && status != 501 && status != 505;
  }

  private static boolean refuses(int status) {
    return status == 429 || status == 503;
  }

  /** Moves on from an engine that has no room, once. */
  private boolean elsewhere(int status, ResponseHead head) {
    hold.refused();
    if (refusedWith > 0 || !next(_ -> true)) {
      return false;
    }
    refusedWith = status;
    retryAfter = seconds(head.first(HeaderName.RETRY_AFTER));
    return true;
  }

  private static int seconds(@Nullable String text) {
    try {
      return text == null ? 0 : Math.clamp(Integer.parseInt(text.strip()), 0, 86_400);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Moves on from an engine that does not have the adapter: to one that lists it, else to any. */
  private boolean lacksAdapter(int status) {
    String wanted = adapter;
    if (status != 404 || wanted == null) {
      return false;
    }
    hold.refused();
    return next(choice -> lists(choice, wanted)) || next(_ -> true);
  }

  private boolean lists(Decision.Choice choice, String wanted) {
    Set<String> models = server.dataplane.board().models(choice.slot());
    return models != null && models.contains(wanted);
  }

  private void relay(ResponseHead head, BodyFraming framing, UpstreamConnection connection) {
    state = State.RELAYING;
    engine = connection;
    ResponseRelay passing =
        new ResponseRelay(
            client, loop, head, framing, dropUsage, server.settings.limits().maxFrameBytes());
    relay = passing;
    keepAlive = client.keepsAlive() && !passing.endsWithConnection();
    ledger.record.status = head.status();
    passing.begin(head, framing, exchange.requestId(), keepAlive);
  }

  /** Bytes of the answer arrived. */
  void body(ByteBuf in, int from, BodyFraming framing) {
    ResponseRelay passing = relay;
    if (state != State.RELAYING || passing == null) {
      return;
    }
    if (framing.dataBytes() > 0) {
      ledger.firstByte();
    }
    exchange.releaseBody();
    passing.body(in, from, framing);
    if (framing.complete()) {
      passing.flush();
      complete(passing);
    } else if (!client.writable()) {
      paused();
    }
  }

  /**
   * The engine has sent what it has for now. A head without any of its body waits: as long as the
   * client has nothing, another engine may still answer.
   */
  void paused() {
    UpstreamConnection sending = engine;
    if (relay == null || sending == null || relay.unsent()) {
      return;
    }
    relay.flush();
    if (!client.writable()) {
      sending.reading(false);
    }
  }

  /** The client takes bytes again. */
  void writable() {
    if (engine != null) {
      engine.reading(true);
    }
  }

  private void complete(ResponseRelay passing) {
    engine = null;
    if (ledger.record.status < 500 && !refuses(ledger.record.status)) {
      hold.succeeded();
    }
    conclude(passing);
    exchange.over(keepAlive);
  }

  private void conclude(ResponseRelay passing) {
    ledger.lastByte();
    Usage usage = passing.usage();
    if (usage.prompt() >= 0) {
      ledger.record.inputTokens = usage.prompt();
    }
    if (usage.completion() >= 0) {
      ledger.record.outputTokens = usage.completion();
    }
  }

  /** The engine broke off within its answer. */
  void brokeOff(String how) {
    ResponseRelay passing = relay;
    if (state != State.RELAYING || passing == null) {
      return;
    }
    engine = null;
    if (passing.unsent()) {
      passing.discard();
      relay = null;
      failed(new Failure(Failure.Kind.CONNECTION, how));
      return;
    }
    boolean saidAll = passing.saidAll();
    if (saidAll) {
      hold.succeeded();
    } else {
      if (hold.failed()) {
        ledger.record.ejections++;
      }
      ledger.refused(Refusal.brokenOff(how));
    }
    byte[] event = saidAll ? null : exchange.lastEvent(Refusal.brokenOff(how));
    boolean ended = passing.endEarly(event);
    conclude(passing);
    if (!ended) {
      passing.discard();
      client.cut();
    }
    exchange.over(ended && keepAlive);
  }

  /** Gives up on an engine that is silent for too long. */
  void tick(long now) {
    long stall = server.settings.timeouts().answerStall().toNanos();
    if (stall <= 0) {
      return;
    }
    UpstreamConnection sending = engine;
    if (state == State.TRYING && attempt != null) {
      attempt.tick(now, stall);
    } else if (sending != null && client.writable() && now - sending.lastUsed() > stall) {
      sending.close();
      brokeOff("it sent nothing for " + TimeUnit.NANOSECONDS.toSeconds(stall) + " s");
    }
  }

  /** Stops whatever goes on and ends the hold. */
  void end() {
    if (state == State.OVER) {
      return;
    }
    state = State.OVER;
    if (pause != null) {
      pause.cancel(false);
    }
    if (attempt != null && relay == null) {
      attempt.cancel();
    }
    if (engine != null) {
      engine.close();
      engine = null;
    }
    if (relay != null) {
      relay.discard();
    }
    ledger.record.prefixEvictions = hold.prefixEvictions();
    hold.end();
  }
}
