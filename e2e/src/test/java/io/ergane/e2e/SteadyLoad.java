package io.ergane.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Chat requests over a few connections, one after the other with a pause, until it is closed. */
public final class SteadyLoad implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final Request request;
  private final Duration pause;
  private volatile boolean over;

  /**
   * What became of a request.
   *
   * @param id that it was sent with as {@code x-request-id}; empty when it had none
   * @param begun nanoseconds of the clock, as {@code ended}
   * @param status -1 when there was no answer
   * @param engine that answered, empty when none did
   * @param whole whether the answer came to its end
   * @param text the body, or why there is none
   */
  public record Outcome(
      String id, long begun, long ended, int status, String engine, boolean whole, String text) {}

  /** Sends one request and waits for what becomes of it. */
  @FunctionalInterface
  public interface Request {
    /**
     * @param number of the request, from 0
     */
    Outcome send(int number) throws InterruptedException;
  }

  private SteadyLoad(Request request, Duration pause) {
    this.request = request;
    this.pause = pause;
  }

  /**
   * @param bodies of the requests, by their number from 0
   */
  public static SteadyLoad start(
      Gateway gateway, int connections, Duration pause, IntFunction<String> bodies) {
    return start(gateway.web(), gateway.chatUrl(), connections, pause, bodies);
  }

  /**
   * @param url of chat completions
   * @param bodies of the requests, by their number from 0
   */
  public static SteadyLoad start(
      Web web, String url, int connections, Duration pause, IntFunction<String> bodies) {
    return start(connections, pause, number -> post(web, url, number, bodies.apply(number)));
  }

  /** Sends requests of any kind. */
  public static SteadyLoad start(int connections, Duration pause, Request request) {
    SteadyLoad load = new SteadyLoad(request, pause);
    for (int i = 0; i < connections; i++) {
      var _ = load.threads.submit(load::run);
    }
    return load;
  }

  private Void run() throws InterruptedException {
    while (!over) {
      outcomes.add(request.send(next.getAndIncrement()));
      Thread.sleep(pause);
    }
    return null;
  }

  private static Outcome post(Web web, String url, int number, String body)
      throws InterruptedException {
    long begun = System.nanoTime();
    String id = "load-" + number;
    try {
      HttpResponse<String> answer = web.post(url, body, "x-request-id", id);
      String engine = answer.headers().firstValue("x-engine").orElse("");
      String text = answer.body();
      boolean whole = text.contains("data: [DONE]") || text.contains("\"usage\"");
      return new Outcome(id, begun, System.nanoTime(), answer.statusCode(), engine, whole, text);
    } catch (IOException e) {
      return new Outcome(id, begun, System.nanoTime(), -1, "", false, e.toString());
    }
  }

  /** So far, in the order in which they ended. */
  public List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  /** Waits for so many more. */
  public void awaitMore(int count) {
    int least = outcomes.size() + count;
    await().atMost(Gateway.PATIENCE).until(() -> outcomes.size() >= least);
  }

  /** Ends the load after the requests that run. */
  @Override
  public void close() {
    over = true;
    threads.close();
  }
}
