package io.ergane.proxy;

import io.ergane.core.routing.Endpoint;
import io.ergane.proxy.http1.BodyFraming;
import io.ergane.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One try at one endpoint, until the head of its answer. A kept connection that ends before a byte
 * of the answer was closed by the engine in its idle time, most likely; it says nothing of the
 * engine's health and is replaced by a fresh connection once.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class Attempt implements UpstreamConnection.Receiver, UpstreamPool.Dialled {
  private final Delivery delivery;
  private final LoopState loop;
  private final Endpoint endpoint;
  private final EngineRequest request;
  private final long startedAt;
  private @Nullable UpstreamConnection connection;
  private @Nullable ScheduledFuture<?> timeout;
  private boolean kept;
  private boolean over;

  Attempt(Delivery delivery, LoopState loop, Endpoint endpoint, EngineRequest request, long now) {
    this.delivery = delivery;
    this.loop = loop;
    this.endpoint = endpoint;
    this.request = request;
    this.startedAt = now;
  }

  /**
   * Sends the request on a kept connection, else on a new one.
   *
   * @param timeoutMillis bound until the answer's head, 0 for none
   */
  void start(long timeoutMillis) {
    if (timeoutMillis > 0) {
      timeout =
          loop.loop.schedule(() -> timedOut(timeoutMillis), timeoutMillis, TimeUnit.MILLISECONDS);
    }
    UpstreamConnection idle = loop.engines.take(endpoint);
    if (idle != null) {
      kept = true;
      send(idle);
    } else {
      loop.engines.dial(endpoint, this);
    }
  }

  private void timedOut(long millis) {
    fail(Failure.Kind.TIMEOUT, "no answer within " + millis + " ms");
  }

  @Override
  public void connected(UpstreamConnection fresh) {
    if (over) {
      loop.engines.put(fresh);
    } else {
      send(fresh);
    }
  }

  @Override
  public void unreachable(String why) {
    fail(Failure.Kind.CONNECTION, why);
  }

  @Override
  public void outOf(String limit) {
    fail(Failure.Kind.OWN_LIMIT, limit);
  }

  private void send(UpstreamConnection chosen) {
    connection = chosen;
    chosen.begin(this);
    request.writeTo(chosen.channel(), endpoint);
  }

  @Override
  public void answered(ResponseHead head, BodyFraming framing) {
    UpstreamConnection answering = connection;
    if (!over && answering != null) {
      end();
      connection = null;
      delivery.answered(head, framing, answering);
    }
  }

  @Override
  public void body(ByteBuf in, int from, BodyFraming framing) {
    delivery.body(in, from, framing);
  }

  @Override
  public void paused() {
    delivery.paused();
  }

  @Override
  public void broke(String how) {
    if (over) {
      delivery.brokeOff(how);
    } else if (kept && connection != null && connection.silent()) {
      kept = false;
      connection = null;
      loop.engines.dial(endpoint, this);
    } else {
      fail(Failure.Kind.CONNECTION, how);
    }
  }

  /** Fails if the engine has been silent too long. */
  void tick(long now, long stallNanos) {
    UpstreamConnection waiting = connection;
    long since = waiting == null ? startedAt : waiting.lastUsed();
    if (!over && stallNanos > 0 && now - since > stallNanos) {
      fail(
          Failure.Kind.TIMEOUT,
          "no answer within " + TimeUnit.NANOSECONDS.toSeconds(stallNanos) + " s");
    }
  }

  private void fail(Failure.Kind kind, String how) {
    if (!over) {
      cancel();
      delivery.failed(new Failure(kind, how));
    }
  }

  /** Ends the attempt; the engine's work ends with the connection. */
  void cancel() {
    end();
    UpstreamConnection open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }

  private void end() {
    over = true;
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  /**
   * Why an attempt brought no answer.
   *
   * @param how for a person
   */
  record Failure(Kind kind, String how) {
    /** What failed. */
    enum Kind {
      CONNECTION,
      TIMEOUT,
      STATUS,
      /** No attempt was made: this process is at a limit, which {@link Failure#how} names. */
      OWN_LIMIT
    }
  }
}
