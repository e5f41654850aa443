package io.ergane.xds.server;

import io.ergane.proto.tls.TlsFiles;
import io.ergane.xds.server.session.SessionLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the discovery service.
 *
 * @param host address to listen on
 * @param port 0 takes any free port
 * @param tls read again when they change; null for plaintext
 * @param maxNodes distinct node ids at a time
 * @param maxStreams open streams
 * @param maxStreamsPerNode open streams of one node id; more than one happens while a lost
 *     connection has not been noticed yet
 * @param maxStreamsPerConnection open streams of one connection
 * @param stream bounds of one stream
 * @param maxRequestBytes of one request; a node that names thousands of resources sends some
 *     hundred bytes for each
 * @param shards event loops; a connection and its streams stay with one
 * @param keepAlive when a silent connection is asked whether it lives, and how often nodes may ask
 * @param encodedBytes of responses kept for other nodes that need the same
 * @param gone nodes that are remembered when they are gone
 * @param closeGrace how long streams have to end when the server closes
 */
public record XdsSettings(
    String host,
    int port,
    @Nullable TlsFiles tls,
    int maxNodes,
    int maxStreams,
    int maxStreamsPerNode,
    int maxStreamsPerConnection,
    SessionLimits stream,
    int maxRequestBytes,
    int shards,
    KeepAlive keepAlive,
    long encodedBytes,
    GoneNode.Memory gone,
    Duration closeGrace) {

  /** The port that {@code envoy-bootstrap} names unless told otherwise. */
  public static final int DEFAULT_PORT = 18_000;

  public static final XdsSettings DEFAULT =
      new XdsSettings(
          "0.0.0.0",
          DEFAULT_PORT,
          null,
          1000,
          2000,
          4,
          16,
          SessionLimits.DEFAULT,
          16 << 20,
          Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4),
          KeepAlive.DEFAULT,
          32 << 20,
          GoneNode.Memory.DEFAULT,
          Duration.ofSeconds(5));

  public XdsSettings {
    atLeastOne("maxNodes", maxNodes);
    atLeastOne("maxStreams", maxStreams);
    atLeastOne("maxStreamsPerNode", maxStreamsPerNode);
    atLeastOne("maxStreamsPerConnection", maxStreamsPerConnection);
    atLeastOne("maxRequestBytes", maxRequestBytes);
    atLeastOne("shards", shards);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port is " + port + "; it can be 0 to 65535");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it can be 1 or more");
    }
  }

  /** These settings on another address; port 0 takes any free one. */
  public XdsSettings at(String host, int port) {
    return new XdsSettings(
        host,
        port,
        tls,
        maxNodes,
        maxStreams,
        maxStreamsPerNode,
        maxStreamsPerConnection,
        stream,
        maxRequestBytes,
        shards,
        keepAlive,
        encodedBytes,
        gone,
        closeGrace);
  }

  public XdsSettings with(@Nullable TlsFiles tls) {
    return new XdsSettings(
        host,
        port,
        tls,
        maxNodes,
        maxStreams,
        maxStreamsPerNode,
        maxStreamsPerConnection,
        stream,
        maxRequestBytes,
        shards,
        keepAlive,
        encodedBytes,
        gone,
        closeGrace);
  }

  public XdsSettings with(SessionLimits stream) {
    return new XdsSettings(
        host,
        port,
        tls,
        maxNodes,
        maxStreams,
        maxStreamsPerNode,
        maxStreamsPerConnection,
        stream,
        maxRequestBytes,
        shards,
        keepAlive,
        encodedBytes,
        gone,
        closeGrace);
  }

  public XdsSettings withMax(int nodes, int streams, int streamsPerNode) {
    return new XdsSettings(
        host,
        port,
        tls,
        nodes,
        streams,
        streamsPerNode,
        maxStreamsPerConnection,
        stream,
        maxRequestBytes,
        shards,
        keepAlive,
        encodedBytes,
        gone,
        closeGrace);
  }

  /**
   * Pings on connections.
   *
   * @param time of silence before the server asks whether the node is there
   * @param timeout for the answer
   * @param permitted the shortest time between two pings of a node; a node that pings more often
   *     loses its connection
   */
  public record KeepAlive(Duration time, Duration timeout, Duration permitted) {
    public static final KeepAlive DEFAULT =
        new KeepAlive(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(5));
  }
}
