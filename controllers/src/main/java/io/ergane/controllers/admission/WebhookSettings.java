package io.ergane.controllers.admission;

import java.time.Duration;

/**
 * Where webhooks listen, and how much they take on.
 *
 * @param host address to bind
 * @param port 0 for any free one
 * @param timeout for a request to arrive whole, and for its answer to leave
 * @param idle longest time without a request on an open connection; above the API server's 90 s, so
 *     that it is the one that closes
 * @param maxConnections beyond them new ones are closed
 * @param maxBodyBytes of one review: an object, its predecessor and what surrounds them
 * @param maxPendingBytes of all reviews that have not been answered
 * @param threads that check objects
 */
public record WebhookSettings(
    String host,
    int port,
    Duration timeout,
    Duration idle,
    int maxConnections,
    int maxBodyBytes,
    int maxPendingBytes,
    int threads) {
  public static final WebhookSettings DEFAULT =
      new WebhookSettings(
          "0.0.0.0",
          8443,
          Duration.ofSeconds(30),
          Duration.ofSeconds(120),
          256,
          8 << 20,
          64 << 20,
          2);

  public WebhookSettings {
    boolean sound =
        timeout.isPositive()
            && idle.isPositive()
            && maxConnections > 0
            && maxBodyBytes > 0
            && maxPendingBytes > 0
            && threads > 0;
    if (port < 0 || port > 65535 || !sound) {
      throw new IllegalArgumentException("settings out of range");
    }
  }

  /** These settings at another address. */
  public WebhookSettings at(String newHost, int newPort) {
    return new WebhookSettings(
        newHost, newPort, timeout, idle, maxConnections, maxBodyBytes, maxPendingBytes, threads);
  }

  /** These settings with other times. */
  public WebhookSettings within(Duration newTimeout, Duration newIdle) {
    return new WebhookSettings(
        host, port, newTimeout, newIdle, maxConnections, maxBodyBytes, maxPendingBytes, threads);
  }

  /** These settings with other bounds of connections and bytes. */
  public WebhookSettings bounded(int connections, int bodyBytes, int pendingBytes) {
    return new WebhookSettings(
        host, port, timeout, idle, connections, bodyBytes, pendingBytes, threads);
  }
}
