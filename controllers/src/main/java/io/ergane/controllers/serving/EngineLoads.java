package io.ergane.controllers.serving;

import io.ergane.core.engine.EngineSample;
import io.ergane.core.engine.MetricScrape;
import io.ergane.core.routing.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many requests the engines of pods that are to go still have, as their metrics say. Readings
 * are taken in the background, a bounded number at a time; a pod is read for as long as somebody
 * asks.
 */
final class EngineLoads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineLoads.class);
  private static final Duration FRESH = Duration.ofMillis(400);
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final Duration FORGOTTEN = Duration.ofMinutes(2);
  private static final int MOST_AT_ONCE = 32;
  private static final int MOST_BYTES = 8 << 20;

  /** Attempts after which an engine that never answered is taken to have nothing to finish. */
  static final int HOPELESS = 3;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(DEADLINE).version(HttpClient.Version.HTTP_1_1).build();
  private final Semaphore permits = new Semaphore(MOST_AT_ONCE);
  private final Map<String, Reading> readings = new ConcurrentHashMap<>();

  /**
   * What is known of a pod's engine.
   *
   * @param requests running and waiting; empty when it never said
   * @param failures attempts without an answer, in a row
   */
  record Reading(OptionalInt requests, int failures, long asked, long taken, boolean underWay) {
    static final Reading NONE = new Reading(OptionalInt.empty(), 0, 0, 0, false);

    /** Whether it is worth waiting for. */
    boolean pending() {
      return requests.isEmpty() && failures < HOPELESS;
    }
  }

  /**
   * The last reading; begins another when that is old.
   *
   * @param uid of the pod
   */
  Reading of(String uid, EngineAddress at) {
    long now = System.nanoTime();
    readings.values().removeIf(each -> !each.underWay && now - each.asked > FORGOTTEN.toNanos());
    Reading after =
        readings.compute(
            uid,
            (_, before) -> {
              Reading known = before == null ? Reading.NONE : before;
              boolean old = known.taken == 0 || now - known.taken > FRESH.toNanos();
              boolean begin = old && !known.underWay && permits.tryAcquire();
              if (begin) {
                Thread.ofVirtual().name("ergane-drain-read").start(() -> read(uid, at));
              }
              return new Reading(
                  known.requests, known.failures, now, known.taken, known.underWay || begin);
            });
    return after;
  }

  private void read(String uid, EngineAddress at) {
    OptionalInt requests = OptionalInt.empty();
    try {
      requests = ask(at);
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("{} does not tell its requests: {}", at, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      permits.release();
    }
    OptionalInt told = requests;
    long now = System.nanoTime();
    readings.computeIfPresent(
        uid,
        (_, known) ->
            told.isPresent()
                ? new Reading(told, 0, known.asked, now, false)
                : new Reading(known.requests, known.failures + 1, known.asked, now, false));
  }

  private OptionalInt ask(EngineAddress at) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(at.metrics()).timeout(DEADLINE).build();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        return OptionalInt.empty();
      }
      byte[] text = body.readNBytes(MOST_BYTES);
      MetricScrape scrape = new MetricScrape(at.dialect());
      scrape.feed(text, 0, text.length);
      return requests(scrape.finish());
    }
  }

  private static OptionalInt requests(EngineSample sample) {
    float running = Float.isNaN(sample.running()) ? 0 : sample.running();
    float waiting = Float.isNaN(sample.waiting()) ? 0 : sample.waiting();
    boolean said = !Float.isNaN(sample.running()) || !Float.isNaN(sample.waiting());
    return said ? OptionalInt.of(Math.round(running + waiting)) : OptionalInt.empty();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  static URI uri(String host, int port, boolean tls) {
    return URI.create((tls ? "https://" : "http://") + HostPort.text(host, port) + "/metrics");
  }
}
