package io.ergane.cli;

import java.util.concurrent.CountDownLatch;

/** The services of a process. */
public interface Running extends AutoCloseable {
  /** Requests of clients that are being served. */
  int inFlight();

  /** Lets running requests end, as long as the drain time allows, then closes. */
  void drain();

  @Override
  void close();

  /** Waits for SIGTERM or SIGINT, then drains; the JVM ends after that. */
  static void untilSignal(Running services) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              over.countDown();
              try {
                closed.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    over.await();
    try {
      int left = services.inFlight();
      System.err.printf(
          "ergane: stopping%s%n",
          left == 0
              ? ""
              : ", when %s %s ended"
                  .formatted(Plural.of(left, "request"), left == 1 ? "has" : "have"));
      services.drain();
    } finally {
      closed.countDown();
    }
  }
}
