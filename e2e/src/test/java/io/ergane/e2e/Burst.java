package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Requests that are to succeed, and the engines that answered them. */
final class Burst {
  private Burst() {}

  /**
   * Sends chat requests over so many connections and counts the answers by engine.
   *
   * @param prompt of each request, by its number from 0
   */
  static Map<String, Integer> chats(
      Gateway gateway, String model, int requests, int connections, IntFunction<String> prompt)
      throws InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger();
    Map<String, Integer> total = new TreeMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Map<String, Integer>>> parts = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        parts.add(threads.submit(() -> part(gateway, model, requests, next, prompt)));
      }
      for (Future<Map<String, Integer>> part : parts) {
        part.get().forEach((engine, count) -> total.merge(engine, count, Integer::sum));
      }
    }
    return total;
  }

  private static Map<String, Integer> part(
      Gateway gateway, String model, int requests, AtomicInteger next, IntFunction<String> prompt)
      throws IOException, InterruptedException {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
      counts.merge(engineOf(gateway.chat(model, prompt.apply(i))), 1, Integer::sum);
    }
    return counts;
  }

  /** The engine that answered; fails when the answer is no success. */
  static String engineOf(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isNotEmpty().doesNotContainIgnoringCase("error");
    return answer.headers().firstValue("x-engine").orElseThrow();
  }
}
