package io.ergane.proxy;

import io.ergane.dataplane.decision.Surface;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a proxy listens, what it bounds, how long it waits and how it calls engines.
 *
 * @param seed makes random choices repeatable: they depend on it and on requests' ids alone; null
 *     for none
 */
public record ProxySettings(
    Listener listener,
    Limits limits,
    Timeouts timeouts,
    Engines engines,
    Surface surface,
    @Nullable Long seed) {

  public static final ProxySettings DEFAULT =
      new ProxySettings(
          new Listener("0.0.0.0", 8080, null, null),
          Limits.DEFAULT,
          Timeouts.DEFAULT,
          Engines.DEFAULT,
          Surface.DEFAULT,
          null);

  /**
   * Where clients connect.
   *
   * @param port 0 for any free one
   * @param tlsCertificate PEM certificate chain; with {@code tlsKey} or not at all
   * @param tlsKey PEM private key, PKCS#8
   */
  public record Listener(
      String host, int port, @Nullable Path tlsCertificate, @Nullable Path tlsKey) {
    public Listener {
      if ((tlsCertificate == null) != (tlsKey == null)) {
        throw new IllegalArgumentException(
            "TLS needs both a certificate and a key; one of them is missing.");
      }
    }
  }

  /**
   * Bounds on what is held in memory.
   *
   * @param maxHeaderBytes of a request line with its headers, and of an answer's
   * @param maxBodyBytes of one request, after decompression too
   * @param maxBufferedBytes request bodies of all connections together
   * @param maxInFlight requests between their first byte and the last of their answer
   * @param maxJsonDepth nesting of request bodies, 8 to 10000
   * @param maxFrameBytes longest streamed event that is looked into for usage
   */
  public record Limits(
      int maxHeaderBytes,
      int maxHeaders,
      int maxBodyBytes,
      long maxBufferedBytes,
      int maxConnections,
      int maxInFlight,
      int maxJsonDepth,
      int maxFrameBytes) {
    public static final Limits DEFAULT =
        new Limits(64 << 10, 128, 32 << 20, 1L << 30, 16384, 8192, 200, 256 << 10);
  }

  /**
   * How long to wait. Waiting is checked some times a second, so each may last 0.1 s longer.
   *
   * @param header from the first byte of a request to the end of its head
   * @param bodyStall between two pieces of a request's body
   * @param idle between two requests of a connection
   * @param writeStall for a client that takes nothing of its answer
   * @param answerStall for an engine that sends nothing, before its answer and within it; 0 for
   *     ever
   * @param lameDuck between readiness turning false and the end of accepting
   * @param drain for running requests after that
   */
  public record Timeouts(
      Duration header,
      Duration bodyStall,
      Duration idle,
      Duration writeStall,
      Duration answerStall,
      Duration lameDuck,
      Duration drain) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(180),
            Duration.ofSeconds(120),
            Duration.ofMinutes(10),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5));
  }

  /**
   * How engines are called.
   *
   * @param idle time that an unused connection is kept; below the 5 s after which vLLM's and
   *     SGLang's HTTP server closes it
   * @param maxIdlePerEndpoint unused connections to one endpoint, per event loop
   * @param maxIdle unused connections altogether, per event loop
   * @param key sent as {@code Authorization: Bearer}; null for none
   * @param verifyCertificates whether TLS endpoints must present a trusted certificate for their
   *     host
   */
  public record Engines(
      Duration connect,
      Duration idle,
      int maxIdlePerEndpoint,
      int maxIdle,
      @Nullable String key,
      boolean verifyCertificates) {
    public static final Engines DEFAULT =
        new Engines(Duration.ofSeconds(2), Duration.ofSeconds(4), 512, 4096, null, true);

    @Override
    public String toString() {
      return "Engines[key=" + (key == null ? "none" : "[redacted]") + "]";
    }
  }

  public ProxySettings withListener(Listener value) {
    return new ProxySettings(value, limits, timeouts, engines, surface, seed);
  }

  public ProxySettings withLimits(Limits value) {
    return new ProxySettings(listener, value, timeouts, engines, surface, seed);
  }

  public ProxySettings withTimeouts(Timeouts value) {
    return new ProxySettings(listener, limits, value, engines, surface, seed);
  }

  public ProxySettings withEngines(Engines value) {
    return new ProxySettings(listener, limits, timeouts, value, surface, seed);
  }

  public ProxySettings withSurface(Surface value) {
    return new ProxySettings(listener, limits, timeouts, engines, value, seed);
  }

  public ProxySettings withSeed(long value) {
    return new ProxySettings(listener, limits, timeouts, engines, surface, value);
  }
}
