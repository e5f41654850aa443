package io.ergane.xds.server;

import java.time.Duration;
import java.time.Instant;

/**
 * A node that was connected and is not any more.
 *
 * @param address where its connection came from
 * @param since when its last stream ended
 */
public record GoneNode(
    String id,
    String cluster,
    NodeKind kind,
    String version,
    String address,
    Instant connectedSince,
    Instant since) {

  static GoneNode of(NodeStatus node, Instant since) {
    return new GoneNode(
        node.id(),
        node.cluster(),
        node.kind(),
        node.version(),
        node.address(),
        node.connectedSince(),
        since);
  }

  /**
   * How many are remembered, and for how long.
   *
   * @param most the newest of them; 0 or more
   */
  public record Memory(int most, Duration time) {
    public static final Memory DEFAULT = new Memory(100, Duration.ofHours(1));

    public Memory {
      if (most < 0) {
        throw new IllegalArgumentException("most is " + most + "; it can be 0 or more");
      }
    }
  }
}
