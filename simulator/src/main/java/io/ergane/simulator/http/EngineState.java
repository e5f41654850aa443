package io.ergane.simulator.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is doing and has done since it was started.
 *
 * @param running requests that hold a slot
 * @param waiting requests in the queue
 * @param kvUsage held share of the KV blocks, 0 to 1
 * @param kvBlocks size of the KV cache
 * @param received inference requests whose headers and body arrived
 * @param served inference requests answered to the end with status 200
 * @param cancelled inference requests ended by the client or by an injected reset
 * @param refused inference requests answered with another status
 * @param prefixQueryTokens prompt tokens looked up in the prefix cache
 * @param prefixHitTokens prompt tokens found there
 * @param connections open connections
 * @param lastRequest the latest inference request, null before the first
 */
public record EngineState(
    String name,
    int running,
    int waiting,
    double kvUsage,
    int kvBlocks,
    long received,
    long served,
    long cancelled,
    long refused,
    long prefixQueryTokens,
    long prefixHitTokens,
    int connections,
    @Nullable ReceivedRequest lastRequest) {

  /**
   * A request as it arrived.
   *
   * @param headers by lower-case name, repeated ones joined by a comma
   * @param body at most the first 64 KiB
   */
  public record ReceivedRequest(
      String method, String uri, Map<String, String> headers, String body) {}
}
