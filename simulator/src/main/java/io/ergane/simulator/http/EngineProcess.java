package io.ergane.simulator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ergane.simulator.http.EngineState.ReceivedRequest;
import io.ergane.simulator.model.EngineModel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One life of a simulated engine, from start to kill: model, adapters, faults, connections and
 * counts. Confined to its event loop.
 */
final class EngineProcess {
  private static final int ECHOED_BYTES = 64 << 10;

  /** Longest time without a look at the connections while tokens are due. */
  private static final long MAX_BURST_NANOS = 2_000_000;

  /** How far due tokens may lie behind before the engine's clock waits for them. */
  private static final long MAX_LAG_NANOS = 10_000_000;

  private final EngineSettings settings;
  private final EventLoop loop;
  private final EngineModel model;
  private final ServedModels served;
  private final Set<Channel> connections = new HashSet<>();
  private final long startedSeconds = System.currentTimeMillis() / 1000;
  private @Nullable ScheduledFuture<?> wakeup;
  private long wakeupNanos = EngineModel.NEVER;
  private long lostNanos;
  private boolean advancing;
  private boolean killed;
  private Fault fault = Fault.NONE;
  private int faultLeft;
  private long nextAnswer;
  private @Nullable LastRequest lastRequest;
  private long received;
  private long cancelled;
  private long refused;
  private long stopped;
  private long cut;

  EngineProcess(EngineSettings settings, EventLoop loop) {
    this.settings = settings;
    this.loop = loop;
    this.model = new EngineModel(settings.model());
    this.served = new ServedModels(settings);
  }

  EngineSettings settings() {
    return settings;
  }

  EventLoop loop() {
    return loop;
  }

  EngineModel model() {
    return model;
  }

  ServedModels served() {
    return served;
  }

  long startedSeconds() {
    return startedSeconds;
  }

  /**
   * The engine's time: it runs with the wall's, and stands still while the processor cannot keep
   * up.
   */
  long now() {
    return System.nanoTime() - lostNanos;
  }

  /** Produces what is due and sets the timer for what comes next. */
  void advance() {
    if (advancing || killed) {
      return;
    }
    advancing = true;
    try {
      produceDue();
    } finally {
      advancing = false;
    }
    armTimer();
  }

  private void produceDue() {
    long now = now();
    long started = System.nanoTime();
    long due = model.nextWakeup();
    while (due <= now && System.nanoTime() - started < MAX_BURST_NANOS) {
      model.advance(due);
      due = model.nextWakeup();
    }
    if (now - MAX_LAG_NANOS > due) {
      lostNanos += now - MAX_LAG_NANOS - due;
    }
  }

  private void armTimer() {
    long next = model.nextWakeup();
    if (next == EngineModel.NEVER || (wakeup != null && wakeupNanos <= next)) {
      return;
    }
    if (wakeup != null) {
      wakeup.cancel(false);
    }
    wakeupNanos = next;
    wakeup = loop.schedule(this::wake, next - now(), TimeUnit.NANOSECONDS);
  }

  private void wake() {
    wakeup = null;
    wakeupNanos = EngineModel.NEVER;
    advance();
  }

  void connected(Channel channel) {
    connections.add(channel);
    if (killed) {
      reset(channel);
    }
  }

  void disconnected(Channel channel) {
    connections.remove(channel);
  }

  /**
   * Ends all connections with a reset, as the kernel does for a killed process without a graceful
   * end.
   */
  void kill() {
    killed = true;
    if (wakeup != null) {
      wakeup.cancel(false);
    }
    for (Channel channel : List.copyOf(connections)) {
      reset(channel);
    }
  }

  /** Closes a connection with a reset, whatever it has not sent yet. */
  static void reset(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException ignored) {
      // The peer has closed the connection already.
    }
    var _ = channel.close();
  }

  void fault(Fault newFault) {
    fault = newFault;
    faultLeft = newFault.count();
  }

  /** The fault that a request meets; counts it. */
  Fault meetFault(String path, boolean inference) {
    String beginning = fault.path();
    boolean concerned = beginning == null ? inference : path.startsWith(beginning);
    if (!concerned || faultLeft == 0) {
      return Fault.NONE;
    }
    if (faultLeft > 0) {
      faultLeft--;
    }
    return fault;
  }

  String nextAnswerId() {
    return settings.name() + "-" + nextAnswer++;
  }

  void received(HttpRequest request, byte[] body) {
    received++;
    lastRequest =
        new LastRequest(
            request, body.length > ECHOED_BYTES ? Arrays.copyOf(body, ECHOED_BYTES) : body);
  }

  void countServed(boolean wasCut) {
    if (wasCut) {
      cut++;
    } else {
      stopped++;
    }
  }

  void countCancelled() {
    cancelled++;
  }

  void countRefused() {
    refused++;
  }

  /** Answers that ended with their last word. */
  long stopped() {
    return stopped;
  }

  /** Answers that ended at a limit. */
  long cut() {
    return cut;
  }

  long cancelled() {
    return cancelled;
  }

  EngineState state() {
    return new EngineState(
        settings.name(),
        model.running(),
        model.waiting(),
        model.kvUsage(),
        settings.model().kvBlocks(),
        received,
        stopped + cut,
        cancelled,
        refused,
        model.stats().prefixQueryTokens(),
        model.stats().prefixHitTokens(),
        connections.size(),
        lastRequest == null ? null : lastRequest.describe());
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record LastRequest(HttpRequest request, byte[] body) {
    ReceivedRequest describe() {
      Map<String, String> headers = new TreeMap<>();
      for (Map.Entry<String, String> header : request.headers()) {
        headers.merge(
            header.getKey().toLowerCase(Locale.ROOT), header.getValue(), (a, b) -> a + ", " + b);
      }
      return new ReceivedRequest(
          request.method().name(), request.uri(), headers, new String(body, UTF_8));
    }
  }
}
