package io.ergane.e2e.parity;

import static org.awaitility.Awaitility.await;

import io.ergane.core.routing.RouteMatch;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.schedule.Draws;
import io.ergane.core.schedule.Explanation;
import io.ergane.core.schedule.Pipeline;
import io.ergane.core.schedule.Replay;
import io.ergane.core.schedule.plugin.PluginRegistry;
import io.ergane.dataplane.telemetry.RequestRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Logged decisions, each decided again by the core from its record.
 *
 * @param besideOthers decisions made while the pool had requests in flight
 */
record Rounds(int decided, int besideOthers, List<String> differences) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Sends requests, so many at a time, and waits until all of them are over. */
  static void together(List<Ask> asks, Mode mode, int connections) throws Exception {
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> parts = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        parts.add(
            threads.submit(() -> {
              for (int at = next.getAndIncrement(); at < asks.size(); at = next.getAndIncrement()) {
                mode.send(asks.get(at));
              }
              return null;
            }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    }
    await().atMost(PATIENCE).until(() -> mode.subject.dataplane.board().totalInFlight() == 0);
  }

  /** Routes and chooses again whatever has an explanation. */
  static Rounds of(List<Ask> asks, List<RequestRecord> records, RoutingImage image, long seed) {
    Map<String, Ask> byId = asks.stream().collect(Collectors.toMap(Ask::id, Function.identity()));
    Pipeline pipeline = PluginRegistry.pipeline(image.profile());
    List<String> differences = new ArrayList<>();
    int decided = 0;
    int besideOthers = 0;
    for (RequestRecord record : records) {
      Explanation explanation = record.explanation;
      Ask ask = byId.get(record.requestId);
      if (explanation == null || ask == null) {
        continue;
      }
      decided++;
      for (float count : explanation.inFlight()) {
        if (count > 0) {
          besideOthers++;
          break;
        }
      }
      Draws draws = Draws.of(seed, ask.id());
      RouteMatch match = image.match(CoreSide.query(ask, record.model), draws.route());
      if (match == null
          || !match.route().name().equals(record.route)
          || !match.target().name().equals(record.server)) {
        differences.add(ask + " went by " + record.route + ", again by " + match);
      }
      if (!explanation.endpoints().isEmpty() && explanation.seed() != draws.choice()) {
        differences.add(ask + " drew something else");
      }
      Replay.differences(explanation, record.upstreamModel, pipeline)
          .forEach(difference -> differences.add(ask + ": " + difference));
    }
    return new Rounds(decided, besideOthers, differences);
  }

  String summary() {
    return "%d rounds decided again, %d of them made beside others, %d otherwise"
        .formatted(decided, besideOthers, differences.size());
  }
}
