package io.ergane.controllers.admission;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reviews that are being received and checked, and their bounds. Safe for all threads. */
final class Workload implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workload.class);
  private static final Reply OVERLOADED =
      Reply.text(503, "too many reviews at once; try again in a moment\n");
  private static final Reply DEFECT =
      Reply.text(500, "the review ended in a defect of Ergane; its log has the details\n");

  private final Reviews reviews;
  private final int maxPendingBytes;
  private final ThreadPoolExecutor threads;

  /** Bytes of reviews that have not been answered. */
  private final AtomicInteger pending = new AtomicInteger();

  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean draining;

  Workload(WebhookSettings settings, Reviews reviews) {
    this.reviews = reviews;
    maxPendingBytes = settings.maxPendingBytes();
    threads =
        new ThreadPoolExecutor(
            settings.threads(),
            settings.threads(),
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(settings.maxConnections()),
            Thread.ofPlatform().name("reviews-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
  }

  boolean knows(String path) {
    return reviews.knows(path);
  }

  /** Takes bytes into account; false, and nothing taken, when they would be too many. */
  boolean reserve(int bytes) {
    if (pending.addAndGet(bytes) <= maxPendingBytes) {
      return true;
    }
    pending.addAndGet(-bytes);
    return false;
  }

  void release(int bytes) {
    pending.addAndGet(-bytes);
  }

  /** Answers one review, now or from another thread; {@code then} is called exactly once. */
  void review(String path, @Nullable String contentType, byte[] body, Consumer<Reply> then) {
    running.incrementAndGet();
    try {
      threads.execute(() -> end(then, check(path, contentType, body)));
    } catch (RejectedExecutionException e) {
      end(then, OVERLOADED);
    }
  }

  private Reply check(String path, @Nullable String contentType, byte[] body) {
    try {
      return reviews.reply(path, contentType, body);
    } catch (RuntimeException e) {
      LOG.error("A review on {} failed; the API server is told so", path, e);
      return DEFECT;
    }
  }

  private void end(Consumer<Reply> then, Reply reply) {
    try {
      then.accept(reply);
    } finally {
      running.decrementAndGet();
    }
  }

  /** Whether connections are to be closed after their next answer. */
  boolean draining() {
    return draining;
  }

  /** Waits until nothing runs, for at most so many seconds. */
  void drain(int seconds) {
    draining = true;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (running.get() > 0 && System.nanoTime() < end) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
