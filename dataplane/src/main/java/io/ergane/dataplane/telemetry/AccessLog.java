package io.ergane.dataplane.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes finished requests from a thread of its own. A full queue drops lines and counts them;
 * requests never wait.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final int BATCH = 256;

  private static final int USUAL_CHARS = BATCH * 256;

  /** Room beyond this is given back once its batch is written. */
  private static final int MOST_KEPT_CHARS = 8 * USUAL_CHARS;

  /** Lines wait this long for others: a wake-up each would cost more than the line. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final BlockingQueue<RequestRecord> queue;
  private final AccessLogFormat format;
  private final OutputStream out;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;
  private volatile boolean closed;
  private boolean warned;
  private StringBuilder lines = new StringBuilder(USUAL_CHARS);

  /**
   * @param out written to by one thread, flushed after each batch, not closed
   * @param capacity lines that may wait, 1 or more
   */
  public AccessLog(AccessLogFormat format, OutputStream out, int capacity) {
    this.format = format;
    this.out = out;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.writer = Thread.ofPlatform().name("access-log").daemon().start(this::run);
  }

  void add(RequestRecord record) {
    if (!queue.offer(record)) {
      dropped.incrementAndGet();
    }
  }

  /** Lines that found the queue full or could not be written. */
  public long dropped() {
    return dropped.get();
  }

  /** Lines that wait. */
  public int waiting() {
    return queue.size();
  }

  private void run() {
    List<RequestRecord> batch = new ArrayList<>(BATCH);
    while (!closed || !queue.isEmpty()) {
      if (queue.drainTo(batch, BATCH) > 0) {
        write(batch);
        batch.clear();
      }
      if (queue.size() < BATCH && !closed) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void write(List<RequestRecord> batch) {
    try {
      for (RequestRecord record : batch) {
        format.append(record, lines);
        lines.append('\n');
      }
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException | RuntimeException e) {
      dropped.addAndGet(batch.size());
      if (!warned) {
        warned = true;
        LOG.warn("access log cannot be written: {}; lines are dropped and counted", e.toString());
      }
    } finally {
      lines.setLength(0);
      if (lines.capacity() > MOST_KEPT_CHARS) {
        lines = new StringBuilder(USUAL_CHARS);
      }
    }
  }

  /** Writes what waits, for at most five seconds. */
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
