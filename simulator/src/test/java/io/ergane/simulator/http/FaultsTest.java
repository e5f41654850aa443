package io.ergane.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ergane.simulator.http.Fault.Garbage;
import io.ergane.simulator.http.Fault.Point;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FaultsTest extends EngineTest {
  private static final String PATH = "/v1/completions";
  private static final String PLAIN = "{\"model\":\"m\",\"prompt\":\"some words\"}";
  private static final String STREAM =
      "{\"model\":\"m\",\"prompt\":\"some words\",\"stream\":true}";

  private SimulatedEngine engine;

  @BeforeEach
  void start() {
    engine = start(EngineSettings.vllm("e", "m"));
  }

  @Test
  void aStatusIsAnsweredAsOftenAsItIsCounted() throws Exception {
    HttpResponse<String> set =
        post(engine, "/sim/faults", "{\"status\":429,\"retryAfter\":2,\"count\":2}");
    assertThat(set.statusCode()).isEqualTo(200);

    HttpResponse<String> first = post(engine, PATH, PLAIN);

    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("retry-after")).hasValue("2");
    assertThat(get(engine, "/v1/models").statusCode()).isEqualTo(200);
    assertThat(post(engine, PATH, PLAIN).statusCode()).isEqualTo(429);
    assertThat(post(engine, PATH, PLAIN).statusCode()).isEqualTo(200);
    assertThat(engine.state().refused()).isEqualTo(2);
    assertThat(engine.state().served()).isEqualTo(1);
  }

  @Test
  void clearingEndsAFault() throws Exception {
    engine.faults(Fault.status(500));
    assertThat(post(engine, PATH, PLAIN).statusCode()).isEqualTo(500);

    engine.clearFaults();

    assertThat(post(engine, PATH, PLAIN).statusCode()).isEqualTo(200);
  }

  @Test
  void aFaultOnAPathLeavesOthersAlone() throws Exception {
    engine.faults(Fault.status(500).on("/metrics"));

    assertThat(get(engine, "/metrics").statusCode()).isEqualTo(500);
    assertThat(post(engine, PATH, PLAIN).statusCode()).isEqualTo(200);
  }

  @Test
  void aHeaderConcernsItsOwnRequestOnly() throws Exception {
    assertThat(post(engine, PATH, PLAIN, "x-sim-fault", "status=503;retryAfter=1").statusCode())
        .isEqualTo(503);
    assertThat(post(engine, PATH, PLAIN, "x-sim-fault", "{\"status\":501}").statusCode())
        .isEqualTo(501);
    assertThat(post(engine, PATH, PLAIN).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, STREAM})
  void aResetBeforeHeadersGivesNoResponse(String body) {
    engine.faults(Fault.reset(Point.BEFORE_HEADERS));

    assertThatThrownBy(() -> post(engine, PATH, body)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, STREAM})
  void aResetAfterHeadersGivesAStatusAndNoBody(String body) throws Exception {
    HttpResponse<InputStream> response = open(body, "reset=after-headers");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(IOException.class);
    awaitIdle();
    assertThat(engine.state().cancelled()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, STREAM})
  void aResetMidStreamCutsTheBody(String body) throws Exception {
    HttpResponse<InputStream> response = open(body, "reset=mid-stream");

    assertThat(response.statusCode()).isEqualTo(200);
    StringBuilder seen = new StringBuilder();
    assertThatThrownBy(
            () -> {
              for (int c = response.body().read(); c >= 0; c = response.body().read()) {
                seen.append((char) c);
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(seen.toString()).contains("Hello").doesNotContain("[DONE]");
    awaitIdle();
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"BEFORE_HEADERS", "AFTER_HEADERS", "MID_STREAM"})
  void aStallHoldsTheRequestUntilTheClientLeaves(Point point) throws Exception {
    engine.faults(Fault.stall(point));

    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request(engine, PATH, STREAM), BodyHandlers.ofString());
    await().until(() -> engine.state().received() == 1);
    if (point != Point.MID_STREAM) {
      await().until(() -> engine.state().running() == 1);
    }

    assertThatThrownBy(() -> answer.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    answer.cancel(true);
    await().until(() -> engine.state().cancelled() == 1);
    awaitIdle();
  }

  @Test
  void aSlowRequestTakesItsFactorLonger() throws Exception {
    long start = System.nanoTime();
    HttpResponse<String> response = post(engine, PATH, PLAIN, "x-sim-fault", "slowFactor=20");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(160));
  }

  @Test
  void garbageIsNoHttpOrNoJson() throws Exception {
    engine.faults(Fault.garbage(Garbage.PROTOCOL).times(1));
    assertThatThrownBy(() -> post(engine, PATH, PLAIN)).isInstanceOf(IOException.class);

    engine.faults(Fault.garbage(Garbage.BODY).times(1));
    HttpResponse<String> response = post(engine, PATH, PLAIN);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> json(response.body())).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"statsu\":500}",
        "{\"status\":\"many\"}",
        "{\"status\":99}",
        "{\"reset\":\"sometimes\"}",
        "{\"slowFactor\":0}",
        "{\"count\":0}",
        "{"
      })
  void whatIsNoFaultIsRefusedAndChangesNothing(String text) throws Exception {
    HttpResponse<String> response = post(engine, "/sim/faults", text);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("No fault: ");
    assertThat(post(engine, PATH, PLAIN).statusCode()).isEqualTo(200);
  }

  private HttpResponse<InputStream> open(String body, String fault) throws Exception {
    HttpRequest request = request(engine, PATH, body, "x-sim-fault", fault);
    return client.send(request, BodyHandlers.ofInputStream());
  }

  private void awaitIdle() {
    await()
        .untilAsserted(() -> {
          assertThat(engine.state().running()).isZero();
          assertThat(engine.state().kvUsage()).isZero();
        });
  }
}
