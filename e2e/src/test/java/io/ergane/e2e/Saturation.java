package io.ergane.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Load sent to an engine past the router. */
final class Saturation {
  private Saturation() {}

  /**
   * Begins requests whose first token takes a minute; cancel them.
   *
   * @param tokens of output, for which the engine keeps room
   */
  static List<CompletableFuture<?>> of(
      Gateway gateway, String url, String model, int requests, int tokens) {
    List<CompletableFuture<?>> begun = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      String body = Chats.streamed(model, "load " + i, tokens);
      begun.add(
          gateway
              .web()
              .begin(url, body, "x-sim-ttft-ms", "60000", "x-sim-tokens", String.valueOf(tokens)));
    }
    return begun;
  }
}
