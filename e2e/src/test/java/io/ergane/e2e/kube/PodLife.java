package io.ergane.e2e.kube;

import io.ergane.e2e.kube.Shown.Stage;
import io.ergane.simulator.http.SimulatedEngine;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One pod from its appearance until the API server has forgotten it, on a thread of its own: looks
 * at the object and its orders, does what is due, reports what changed, sleeps until the next.
 */
final class PodLife implements Runnable {
  private static final long END = -1;
  private static final long UNTIL_WOKEN = Long.MAX_VALUE;

  private final PodCalls calls;
  private final PodHost host;
  private final String node;
  private final Semaphore signal = new Semaphore(0);
  private final long appeared = System.nanoTime();
  private volatile Pod pod;
  private volatile boolean gone;
  private volatile boolean crashAsked;
  private volatile boolean restartAsked;
  private volatile boolean failAsked;
  private volatile boolean nodeGone;
  private volatile @Nullable SimulatedEngine engine;
  private volatile Shown shown = Shown.NOTHING;
  private Shown reported = Shown.NOTHING;
  private long startedNanos;
  private long crashedNanos;
  private long deletedNanos;

  PodLife(Pod pod, String node, PodCalls calls, PodHost host) {
    this.pod = pod;
    this.node = node;
    this.calls = calls;
    this.host = host;
  }

  /** What a pod needs of the kubelet that runs it. */
  interface PodHost {
    KubeletSettings settings();

    <T extends PodOrder> @Nullable T order(Pod pod, Class<T> kind);

    SimulatedEngine start(Pod pod, String address);

    String newAddress();

    void failed(Pod pod, RuntimeException problem);
  }

  void seen(Pod now) {
    pod = now;
    wake();
  }

  void gone() {
    gone = true;
    wake();
  }

  void wake() {
    signal.release();
  }

  void crash() {
    crashAsked = true;
    wake();
  }

  /** Starts containers that have crashed before their restart delay is over. */
  void restartNow() {
    restartAsked = true;
    wake();
  }

  void fail() {
    failAsked = true;
    wake();
  }

  void loseNode() {
    nodeGone = true;
    wake();
  }

  Pod pod() {
    return pod;
  }

  String node() {
    return node;
  }

  Shown shown() {
    return shown;
  }

  /** Null before it is started and after it has ended. */
  @Nullable SimulatedEngine engine() {
    return engine;
  }

  @Override
  public void run() {
    try {
      long wait = UNTIL_WOKEN;
      while (wait != END) {
        wait = step();
        if (wait != END) {
          var _ = signal.tryAcquire(Math.max(wait, 1), TimeUnit.NANOSECONDS);
          signal.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      host.failed(pod, e);
    } finally {
      stop();
    }
  }

  /** Nanoseconds until something is due. */
  private long step() {
    if (gone) return END;
    if (nodeGone) {
      stop();
      if (shown.address() != null) show(shown.at(Stage.NODE_GONE));
      return UNTIL_WOKEN;
    }
    if (pod.getMetadata().getDeletionTimestamp() != null) return end();
    return switch (shown.stage()) {
      case NEW, UNSCHEDULABLE -> place();
      case CREATING, IMAGE_MISSING -> create();
      case RUNNING -> live();
      case CRASHED -> restart();
      case FAILED, NODE_GONE -> UNTIL_WOKEN;
    };
  }

  private long place() {
    if (host.order(pod, PodOrder.Unschedulable.class) != null) {
      show(shown.at(Stage.UNSCHEDULABLE));
      return UNTIL_WOKEN;
    }
    calls.bind(pod, node);
    show(shown.at(Stage.CREATING));
    return 0;
  }

  private long create() {
    if (host.order(pod, PodOrder.ImageMissing.class) != null || hasMissingImage()) {
      show(shown.at(Stage.IMAGE_MISSING));
      return UNTIL_WOKEN;
    }
    long left = left(appeared, host.settings().startDelay());
    if (left > 0) return left;
    String address = host.newAddress();
    engine = host.start(pod, address);
    startedNanos = System.nanoTime();
    shown = shown.startedAt(address, Instant.now());
    return live();
  }

  private boolean hasMissingImage() {
    return pod.getSpec().getContainers().stream()
        .anyMatch(container -> container.getImage().endsWith(":missing"));
  }

  private long live() {
    if (failAsked) {
      stop();
      show(shown.at(Stage.FAILED));
      return UNTIL_WOKEN;
    }
    if (crashAsked) {
      crashAsked = false;
      stop();
      crashedNanos = System.nanoTime();
      show(shown.crashed());
      return 0;
    }
    PodOrder.ReadyAfter later = host.order(pod, PodOrder.ReadyAfter.class);
    long left = later == null ? 0 : left(startedNanos, later.delay());
    boolean never = host.order(pod, PodOrder.NeverReady.class) != null;
    show(shown.withReady(left <= 0 && !never));
    return left > 0 ? left : UNTIL_WOKEN;
  }

  private long restart() {
    long left = restartAsked ? 0 : left(crashedNanos, host.settings().restartDelay());
    if (left > 0) return left;
    restartAsked = false;
    String address = shown.address();
    if (address == null) throw new IllegalStateException("crashed before it had an address");
    engine = host.start(pod, address);
    startedNanos = System.nanoTime();
    shown = shown.startedAt(address, Instant.now());
    return live();
  }

  private long end() {
    if (deletedNanos == 0) deletedNanos = System.nanoTime();
    Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
    PodOrder.EndsAfter late = host.order(pod, PodOrder.EndsAfter.class);
    Duration stay = late == null ? Duration.ZERO : late.delay();
    Duration most = Duration.ofSeconds(grace == null ? 30 : grace);
    long left = left(deletedNanos, stay.compareTo(most) < 0 ? stay : most);
    if (left > 0) return left;
    stop();
    calls.finish(pod);
    return UNTIL_WOKEN;
  }

  private static long left(long since, Duration delay) {
    return since + delay.toNanos() - System.nanoTime();
  }

  private void show(Shown next) {
    shown = next;
    if (next.equals(reported)) return;
    calls.report(pod, next);
    reported = next;
  }

  private void stop() {
    SimulatedEngine running = engine;
    engine = null;
    if (running != null) running.close();
  }
}
