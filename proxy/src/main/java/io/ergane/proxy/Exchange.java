package io.ergane.proxy;

import io.ergane.core.llm.Api;
import io.ergane.core.llm.Edit;
import io.ergane.core.llm.RequestRewrite;
import io.ergane.dataplane.decision.Ledger;
import io.ergane.dataplane.decision.Outcome;
import io.ergane.dataplane.decision.OwnAnswer;
import io.ergane.dataplane.decision.OwnPaths;
import io.ergane.dataplane.decision.Refusal;
import io.ergane.dataplane.decision.RequestView;
import io.ergane.dataplane.telemetry.RequestRecord;
import io.ergane.proxy.http1.BadMessage;
import io.ergane.proxy.http1.BodyFraming;
import io.ergane.proxy.http1.HeaderName;
import io.ergane.proxy.http1.RequestHead;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to the end of its answer.
 *
 * <table>
 * <caption>States; from each of them a client that leaves leads to OVER</caption>
 * <tr><th>state</th><th>event</th><th>next</th></tr>
 * <tr><td>READING</td><td>refused, or a path of our own: answered</td><td>OVER</td></tr>
 * <tr><td>READING</td><td>body complete, endpoint chosen: a {@link Delivery} begins</td><td>SENDING</td></tr>
 * <tr><td>SENDING</td><td>the delivery is answered, or no attempt succeeded</td><td>OVER</td></tr>
 * </table>
 *
 * <p>On the way to OVER the delivery is cancelled with its hold, telemetry is told and the body is
 * freed, each once.
 */
final class Exchange implements RequestView {
  private static final int CLIENT_CLOSED_REQUEST = 499;
  private static final int MAX_LOGGED_PATH = 1000;

  private final ServerState server;
  private final LoopState loop;
  private final FrontConnection client;
  private final RequestHead head;
  private final Ledger ledger;
  private @Nullable Api api;
  private boolean admitted;
  private boolean over;
  private long buffered;
  private @Nullable RequestBody body;
  private @Nullable Delivery delivery;
  private String requestId = "";
  private String path = "";

  Exchange(ServerState server, LoopState loop, FrontConnection client, RequestHead head) {
    this.server = server;
    this.loop = loop;
    this.client = client;
    this.head = head;
    this.ledger = new Ledger(server.telemetry, server.dataplane);
  }

  Ledger ledger() {
    return ledger;
  }

  FrontConnection client() {
    return client;
  }

  String requestId() {
    return requestId;
  }

  /**
   * The head is complete.
   *
   * @return whether the body is wanted; if not, the exchange is over
   */
  boolean begin(BodyFraming framing, long now) {
    path = head.path();
    int id = head.find(HeaderName.X_REQUEST_ID);
    requestId =
        id < 0
            ? loop.ids.fresh()
            : loop.ids.of(head.bytes(), head.valueStart(id), head.valueEnd(id));
    api = Api.ofPath(path);
    if (api != null) {
      describe(ledger.record);
      ledger.started(now);
    }
    OwnAnswer own = server.ownPaths.answer(head.method(), path);
    if (own != null) {
      answer(own);
      return false;
    }
    Refusal refusal = unwanted(framing);
    if (refusal != null) {
      refuse(refusal);
      return false;
    }
    return true;
  }

  private void describe(RequestRecord record) {
    record.method = Refusal.shortened(head.method());
    record.path = Refusal.shortened(path, MAX_LOGGED_PATH);
    record.protocol = head.minor() >= 1 ? "HTTP/1.1" : "HTTP/1.0";
    record.requestId = requestId;
  }

  private @Nullable Refusal unwanted(BodyFraming framing) {
    Refusal unserved = OwnPaths.unserved(api, head.method(), path);
    if (unserved != null) {
      return unserved;
    }
    ProxySettings.Limits limits = server.settings.limits();
    if (framing.left() > limits.maxBodyBytes()) {
      return Refusal.bodyTooLarge(limits.maxBodyBytes());
    }
    if (head.find(HeaderName.EXPECT) >= 0 && head.minor() >= 1 && !head.expectsContinue()) {
      return Refusal.badMessage(417, "The expectation is not understood; only 100-continue is.");
    }
    if (server.inFlight.incrementAndGet() > limits.maxInFlight()) {
      server.inFlight.decrementAndGet();
      return Refusal.overloaded(limits.maxInFlight() + " requests in flight");
    }
    admitted = true;
    return null;
  }

  /**
   * More of the body arrived.
   *
   * @param total bytes so far
   * @return whether the rest is wanted; if not, the exchange is over
   */
  boolean admits(int total, int more) {
    ProxySettings.Limits limits = server.settings.limits();
    if (over) {
      return false;
    }
    if (total > limits.maxBodyBytes()) {
      refuse(Refusal.bodyTooLarge(limits.maxBodyBytes()));
      return false;
    }
    buffered += more;
    if (server.bufferedBytes.addAndGet(more) > limits.maxBufferedBytes()) {
      refuse(Refusal.overloaded(limits.maxBufferedBytes() + " bytes of request bodies"));
      return false;
    }
    return true;
  }

  /** The request is complete; its body belongs to the exchange now. */
  void received(RequestBody whole) {
    String encoding = RequestInflater.encoding(head);
    if (encoding != null) {
      unpack(whole, encoding);
      return;
    }
    body = whole;
    understand(whole);
  }

  /** Decompresses; a large body away from the event loop, whose other requests would wait. */
  private void unpack(RequestBody packed, String encoding) {
    int most = server.settings.limits().maxBodyBytes();
    Executor where =
        packed.bytes() <= RequestInflater.SHORT ? Runnable::run : server.machine.slowWork();
    try {
      where.execute(() -> {
        try {
          RequestBody plain = RequestInflater.inflate(encoding, packed, most);
          client.run(() -> unpacked(plain));
        } catch (BadMessage bad) {
          client.run(() -> refuse(Refusal.badMessage(bad.status(), bad.text())));
        } catch (RuntimeException | OutOfMemoryError e) {
          client.failed(e);
        } finally {
          packed.release();
        }
      });
    } catch (RejectedExecutionException e) {
      packed.release();
      refuse(Refusal.overloaded("compressed bodies that wait"));
    }
  }

  private void unpacked(RequestBody plain) {
    if (over) {
      plain.release();
      return;
    }
    body = plain;
    if (admits(plain.bytes(), Math.max(0, plain.bytes() - (int) buffered))) {
      understand(plain);
    }
  }

  private void understand(RequestBody plain) {
    Api asked = api == null ? Api.OTHER : api;
    byte[] bytes = loop.scratch(plain.bytes());
    plain.copyTo(bytes);
    switch (loop.decider.decide(asked, bytes, 0, plain.bytes(), this, ledger)) {
      case Outcome.Refused refused -> refuse(refused.refusal());
      case Outcome.Chosen chosen -> send(chosen, plain);
    }
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return head.first(lowerCaseName);
  }

  private void send(Outcome.Chosen to, RequestBody plain) {
    List<Edit> edits = RequestRewrite.edits(to.facts(), to.upstreamModel(), true);
    String key = server.settings.engines().key();
    EngineRequest request = new EngineRequest(head, plain, edits, requestId, key);
    Delivery sending = new Delivery(this, server, loop, to.hold(), request, to.pool().traffic());
    delivery = sending;
    boolean dropsUsage = RequestRewrite.addsUsage(to.facts());
    sending.begin(to.match().adapter() ? to.upstreamModel() : null, dropsUsage);
  }

  /** Answers with an error. */
  void refuse(Refusal refusal) {
    if (over) {
      return;
    }
    ledger.refused(refusal);
    answer(OwnAnswer.to(refusal, api, server.errors));
  }

  /**
   * Ends the exchange after an error of the program.
   *
   * @return false when its answer has begun and can only be cut
   */
  boolean fail() {
    if (over || ledger.record.status != 0) {
      return false;
    }
    refuse(Refusal.INTERNAL);
    return true;
  }

  private void answer(OwnAnswer own) {
    ledger.record.status = own.status();
    boolean goesOn = client.keepsAlive();
    AnswerWriter.write(own, client, requestId, goesOn, !head.method().equals("HEAD"));
    ledger.firstByte();
    ledger.lastByte();
    over(goesOn);
  }

  /** The last line of an event stream that cannot go on. */
  byte[] lastEvent(Refusal refusal) {
    return server.errors.event(api, refusal);
  }

  /** The client closed the connection. */
  void clientLeft() {
    if (!over) {
      ledger.record.clientLeft = true;
      if (ledger.record.status == 0) {
        ledger.record.status = CLIENT_CLOSED_REQUEST;
      }
      over(false);
    }
  }

  /** The client takes bytes again. */
  void writable() {
    if (delivery != null) {
      delivery.writable();
    }
  }

  void tick(long now) {
    if (delivery != null) {
      delivery.tick(now);
    }
  }

  /** No attempt can need the body any more. */
  void releaseBody() {
    if (body != null) {
      body.release();
      body = null;
    }
    if (buffered > 0) {
      server.bufferedBytes.addAndGet(-buffered);
      buffered = 0;
    }
  }

  /**
   * Ends the exchange.
   *
   * @param goesOn whether the client's connection can take another request
   */
  void over(boolean goesOn) {
    if (over) {
      return;
    }
    over = true;
    if (delivery != null) {
      delivery.end();
    }
    releaseBody();
    if (admitted) {
      server.inFlight.decrementAndGet();
    }
    ledger.ended();
    client.exchangeOver(goesOn);
  }
}
