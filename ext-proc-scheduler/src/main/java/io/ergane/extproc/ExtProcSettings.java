package io.ergane.extproc;

import io.ergane.dataplane.decision.Surface;
import io.ergane.extproc.wire.BodyMode;
import io.ergane.proto.tls.TlsFiles;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the scheduler listens, what it bounds, how long it waits and how it learns how requests
 * ended.
 *
 * @param seed makes random choices repeatable: they depend on it and on requests' ids alone; null
 *     for none
 */
public record ExtProcSettings(
    Listener listener,
    Limits limits,
    Timeouts timeouts,
    Accounting accounting,
    Surface surface,
    @Nullable Long seed) {

  public static final ExtProcSettings DEFAULT =
      new ExtProcSettings(
          Listener.DEFAULT,
          Limits.DEFAULT,
          Timeouts.DEFAULT,
          Accounting.DEFAULT,
          Surface.DEFAULT,
          null);

  /**
   * Where Envoy connects.
   *
   * @param port of the services and of gRPC health; 0 for any free one
   * @param healthPort of gRPC health alone, without TLS; 0 for any free one, -1 for none
   * @param tls of the services' port; null for plaintext
   */
  public record Listener(String host, int port, int healthPort, @Nullable TlsFiles tls) {
    public static final Listener DEFAULT = new Listener("0.0.0.0", 9002, 9003, null);
  }

  /**
   * Bounds on what is held in memory.
   *
   * @param maxBodyBytes of one request, 1 to 1 GiB
   * @param maxBufferedBytes bodies that come in pieces, of all requests together
   * @param maxPartBytes messages that are not whole yet, of all streams together; they are in
   *     direct memory, where they may take twice their length. Long bodies are asked for in turns
   *     so that they stay below this. Each stream may have {@link MessageParts#FREE} more, and one
   *     message of the greatest length is always let in
   * @param maxInFlight requests between their first message and the news of their end, 1 or more
   * @param maxJsonDepth nesting of request bodies, 8 to 10000
   * @param maxFrameBytes longest streamed event that is looked into for usage
   * @param maxHeaderBytes of the metadata of a gRPC call
   */
  public record Limits(
      int maxBodyBytes,
      long maxBufferedBytes,
      long maxPartBytes,
      int maxInFlight,
      int maxJsonDepth,
      int maxFrameBytes,
      int maxHeaderBytes) {
    public static final Limits DEFAULT =
        new Limits(
            32 << 20,
            1L << 30,
            Math.min(1L << 30, PlatformDependent.maxDirectMemory() / 5 * 2),
            16_384,
            200,
            256 << 10,
            64 << 10);

    /** The most that {@code maxBodyBytes} can be. */
    public static final int MOST_BODY_BYTES = 1 << 30;

    private static final int FRAME_ROOM = 1 << 20;

    public Limits {
      if (maxBodyBytes < 1 || maxBodyBytes > MOST_BODY_BYTES) {
        throw new IllegalArgumentException(
            "maxBodyBytes is " + maxBodyBytes + "; 1 to " + MOST_BODY_BYTES + " is accepted");
      }
      if (maxInFlight < 1) {
        throw new IllegalArgumentException(
            "maxInFlight is " + maxInFlight + "; 1 or more is accepted");
      }
    }

    /** Longest message. */
    int maxMessageBytes() {
      return maxBodyBytes + FRAME_ROOM;
    }

    /**
     * Streams that are open at one time, of all connections: the requests in flight, as many again
     * that are about to be refused, and some that say nothing yet.
     */
    int maxStreams() {
      return (int) Math.min(Integer.MAX_VALUE, 2L * maxInFlight + 64);
    }
  }

  /**
   * How long to wait.
   *
   * @param lameDuck between health turning to not serving and the end of accepting
   * @param drain for open requests after that
   * @param keepAlive silence after which a connection is asked for a sign of life
   * @param leastPing shortest interval at which clients may ask for one
   * @param upload for a request's headers and body, from the opening of its stream
   * @param reload between two looks whether the files of TLS were replaced
   */
  public record Timeouts(
      Duration lameDuck,
      Duration drain,
      Duration keepAlive,
      Duration leastPing,
      Duration upload,
      Duration reload) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30));
  }

  /** Who tells that a request is over. */
  public enum Teller {
    /** The stream where Envoy sends bodies of answers over it, else the access log. */
    EITHER,
    /** Envoy's access log; streams are closed with the decision. */
    ACCESS_LOG,
    /** The stream, which stays open as long as the request. */
    STREAM
  }

  /**
   * How the ends of requests are learned of.
   *
   * @param lostAfter wait for a request's access-log entry, after which it counts as lost
   * @param orphanAfter the same after the connection over which the request was decided has ended
   * @param assumedBodyMode how bodies come where the stream does not say it; the Endpoint Picker
   *     Protocol's is full duplex
   */
  public record Accounting(
      Teller teller, Duration lostAfter, Duration orphanAfter, BodyMode assumedBodyMode) {
    public static final Accounting DEFAULT =
        new Accounting(
            Teller.EITHER,
            Duration.ofMinutes(30),
            Duration.ofSeconds(15),
            BodyMode.FULL_DUPLEX_STREAMED);
  }

  public ExtProcSettings withListener(Listener value) {
    return new ExtProcSettings(value, limits, timeouts, accounting, surface, seed);
  }

  public ExtProcSettings withLimits(Limits value) {
    return new ExtProcSettings(listener, value, timeouts, accounting, surface, seed);
  }

  public ExtProcSettings withTimeouts(Timeouts value) {
    return new ExtProcSettings(listener, limits, value, accounting, surface, seed);
  }

  public ExtProcSettings withAccounting(Accounting value) {
    return new ExtProcSettings(listener, limits, timeouts, value, surface, seed);
  }

  public ExtProcSettings withSurface(Surface value) {
    return new ExtProcSettings(listener, limits, timeouts, accounting, value, seed);
  }

  public ExtProcSettings withSeed(long value) {
    return new ExtProcSettings(listener, limits, timeouts, accounting, surface, value);
  }
}
