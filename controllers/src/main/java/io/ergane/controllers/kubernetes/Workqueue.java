package io.ergane.controllers.kubernetes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that something has to be done about. A key is there once however often it is added, is
 * worked on by one worker at a time, and comes back after a pause that doubles while its work
 * fails. The queue is as long as there are keys.
 */
public final class Workqueue<K> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workqueue.class);

  /** What is done about a key. */
  @FunctionalInterface
  public interface Work<K> {
    /**
     * @return when to come back even if nothing is added; null: never
     * @throws Exception to come back after a pause
     */
    @Nullable Duration run(K key) throws Exception;
  }

  /**
   * How fast.
   *
   * @param workers keys that are worked on at the same time; 1 or more
   * @param settle between the adding of a key and the work on it: what changes together is seen
   *     together
   * @param retry pause after the first failure
   * @param longest pause after many
   * @param stop longest wait at the end for work that runs
   */
  public record Pace(
      int workers, Duration settle, Duration retry, Duration longest, Duration stop) {
    public static final Pace DEFAULT =
        new Pace(
            5,
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofSeconds(60),
            Duration.ofSeconds(4));

    /** The same with another number of workers. */
    public Pace withWorkers(int others) {
      return new Pace(others, settle, retry, longest, stop);
    }
  }

  /** What is known of a key that waits, is worked on, or failed. */
  private static final class Entry {
    long due = Long.MAX_VALUE;
    boolean running;
    int failures;
  }

  private record Turn<K>(long due, K key) {}

  private final String name;
  private final Work<K> work;
  private final Pace pace;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private final Map<K, Entry> entries = new HashMap<>();
  private final PriorityQueue<Turn<K>> turns =
      new PriorityQueue<>((a, b) -> Long.compare(a.due, b.due));
  private final List<Thread> threads = new ArrayList<>();
  private final Timer succeeded;
  private final Timer failed;
  private boolean closed;

  /**
   * @param name of the queue in metrics and logs, e.g. {@code modelserving}
   */
  public Workqueue(String name, Work<K> work, Pace pace, MeterRegistry registry) {
    this.name = name;
    this.work = work;
    this.pace = pace;
    this.succeeded = timer(registry, "ok");
    this.failed = timer(registry, "failed");
    Gauge.builder("ergane.workqueue.depth", this, Workqueue::depth)
        .description("Keys that wait for their turn or are worked on")
        .tag("queue", name)
        .register(registry);
  }

  private Timer timer(MeterRegistry registry, String outcome) {
    return Timer.builder("ergane.reconcile")
        .description("Work on one key")
        .tag("queue", name)
        .tag("outcome", outcome)
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10))
        .register(registry);
  }

  /** Starts the workers; keys may have been added before. */
  public Workqueue<K> start() {
    for (int i = 0; i < pace.workers(); i++) {
      threads.add(Thread.ofVirtual().name("ergane-" + name + "-" + i).start(this::run));
    }
    return this;
  }

  /** Has the key worked on soon. */
  public void add(K key) {
    add(key, pace.settle());
  }

  /** Has the key worked on after a time, or before if it is added again for sooner. */
  public void add(K key, Duration after) {
    long due = System.nanoTime() + after.toNanos();
    lock.lock();
    try {
      Entry entry = entries.computeIfAbsent(key, _ -> new Entry());
      if (entry.due == Long.MAX_VALUE || due - entry.due < 0) {
        schedule(key, entry, due);
      }
    } finally {
      lock.unlock();
    }
  }

  private void schedule(K key, Entry entry, long due) {
    entry.due = due;
    if (!entry.running) {
      turns.add(new Turn<>(due, key));
      change.signal();
    }
  }

  private int depth() {
    lock.lock();
    try {
      long now = System.nanoTime();
      return (int)
          entries.values().stream().filter(each -> each.running || each.due - now <= 0).count();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        K key = take();
        if (key == null) {
          return;
        }
        work(key);
      }
    } catch (InterruptedException e) {
      LOG.debug("A worker of {} ends", name);
    }
  }

  private @Nullable K take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        Turn<K> turn = turns.peek();
        long now = System.nanoTime();
        if (turn == null) {
          change.await();
        } else if (turn.due - now > 0) {
          var _ = change.await(turn.due - now, TimeUnit.NANOSECONDS);
        } else {
          turns.remove();
          Entry entry = entries.get(turn.key);
          boolean current = entry != null && !entry.running && entry.due == turn.due;
          if (entry != null && current) {
            entry.running = true;
            entry.due = Long.MAX_VALUE;
            return turn.key;
          }
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void work(K key) {
    long begun = System.nanoTime();
    Duration again = null;
    boolean good = false;
    try {
      again = work.run(key);
      good = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      report(key, e);
    }
    (good ? succeeded : failed).record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
    done(key, good, again);
  }

  private void report(K key, Exception e) {
    boolean expected = e instanceof ApiException;
    if (expected) {
      LOG.warn("{} {}: {}; it is tried again", name, key, e.getMessage());
    } else {
      LOG.error("{} {} failed; it is tried again", name, key, e);
    }
  }

  private void done(K key, boolean good, @Nullable Duration again) {
    lock.lock();
    try {
      Entry entry = entries.get(key);
      if (entry == null) {
        return;
      }
      entry.running = false;
      entry.failures = good ? 0 : entry.failures + 1;
      long due = entry.due;
      if (!good) {
        due = System.nanoTime() + pause(entry.failures);
      } else if (again != null) {
        long later = System.nanoTime() + again.toNanos();
        due = due == Long.MAX_VALUE || later - due < 0 ? later : due;
      }
      if (due == Long.MAX_VALUE) {
        entries.remove(key);
      } else {
        schedule(key, entry, due);
      }
    } finally {
      lock.unlock();
    }
  }

  private long pause(int failures) {
    long pause = pace.retry().toNanos() << Math.min(failures - 1, 20);
    return Math.min(pause, pace.longest().toNanos());
  }

  /** Ends the workers: none begins on a key any more, and those that work are waited for. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      change.signalAll();
    } finally {
      lock.unlock();
    }
    long end = System.nanoTime() + pace.stop().toNanos();
    for (Thread thread : threads) {
      try {
        long left = Math.max(1, end - System.nanoTime());
        if (!thread.join(Duration.ofNanos(left))) {
          thread.interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        thread.interrupt();
      }
    }
  }
}
