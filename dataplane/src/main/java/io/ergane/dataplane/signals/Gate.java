package io.ergane.dataplane.signals;

/**
 * Ends a target's deliveries: once {@link #close} has returned, nothing passes and nothing is still
 * passing. Thread-safe by its own monitor, held only for one write to the sink.
 */
final class Gate {

  private boolean closed;

  synchronized void pass(Runnable delivery) {
    if (!closed) {
      delivery.run();
    }
  }

  synchronized void close() {
    closed = true;
  }
}
