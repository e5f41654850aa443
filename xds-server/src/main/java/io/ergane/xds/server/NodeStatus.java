package io.ergane.xds.server;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node's stream: who it is and what it runs.
 *
 * @param version the build the node says it is; empty when it does not
 * @param address where the connection comes from
 * @param waitingFor what a change that is under way waits for; null when none is
 */
public record NodeStatus(
    String id,
    String cluster,
    NodeKind kind,
    String version,
    String address,
    Instant connectedSince,
    @Nullable String waitingFor,
    List<OfType> types) {

  /**
   * Where the node stands with one type.
   *
   * @param type URL of the type
   * @param runs version, of the type as a whole, that the node acknowledged last; empty before that
   * @param ackedAt when; null before that
   * @param unanswered version that was sent and not answered yet; null when there is none
   * @param sentAt when something was sent last; null before that
   * @param live whether it runs all that is published and that it wants
   * @param rejected names whose content as published it rejected
   * @param lastNack its last rejection; null when there was none
   * @param versions acknowledged version of each resource; empty when there are too many to list
   */
  public record OfType(
      String type,
      boolean delta,
      boolean wildcard,
      int resources,
      String runs,
      @Nullable Instant ackedAt,
      @Nullable String unanswered,
      @Nullable Instant sentAt,
      boolean live,
      List<String> rejected,
      @Nullable Nack lastNack,
      Map<String, String> versions) {}
}
