package io.ergane.dataplane.signals;

import static io.ergane.dataplane.signals.WatchFixture.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.core.engine.EngineSample;
import io.ergane.core.schedule.SignalBoard;
import io.ergane.dataplane.signals.FakeEngine.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EngineWatchTest {

  private static final String METRICS =
      "# HELP x y\n" + "other_bucket{le=\"1\"} 3\n".repeat(200) + "vllm:num_requests_running 3\n";

  private WatchFixture fixture;

  @BeforeEach
  void open() throws SSLException {
    fixture = new WatchFixture();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void deliversSamplesAndModelsAgainAndAgainOverOneConnection() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      fixture.watch.watch(List.of(target(5, engine)));

      await().until(() -> fixture.samplesOf(5) >= 4 && engine.asked("/v1/models") >= 3);

      assertThat(fixture.samples.getFirst().sample().running()).isEqualTo(3);
      assertThat(fixture.samples.getFirst().sample().waiting()).isNaN();
      assertThat(fixture.models).containsEntry(5, Set.of("m"));
      assertThat(engine.accepted()).isEqualTo(1);
      assertThat(fixture.failures).isEmpty();
    }
  }

  @Test
  void chunkedBodiesAreReadAndTheConnectionKept() {
    try (FakeEngine engine = FakeEngine.start()) {
      engine.page("/metrics", Answer.chunked(METRICS));
      engine.page("/v1/models", Answer.chunked("{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"));
      fixture.watch.watch(List.of(target(0, engine)));

      await().until(() -> fixture.samplesOf(0) >= 3 && fixture.models.containsKey(0));

      assertThat(fixture.samples).allMatch(sample -> sample.sample().running() == 3);
      assertThat(fixture.models).containsEntry(0, Set.of("a", "b"));
      assertThat(engine.accepted()).isEqualTo(1);
    }
  }

  @Test
  void bodiesUpToTheConnectionsEndAreRead() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      engine.page("/metrics", Answer.text("HTTP/1.0 200 OK\r\n\r\n" + METRICS).close());
      fixture.watch.watch(List.of(target(0, engine)));

      await().until(() -> fixture.samplesOf(0) >= 3);

      assertThat(engine.accepted()).isGreaterThanOrEqualTo(3);
      assertThat(fixture.failures).isEmpty();
    }
  }

  @Test
  void asksForNoCodingAndSendsTheKeyOnlyWhereOneIsGiven() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS);
        FakeEngine open = FakeEngine.healthy(METRICS)) {
      fixture.watch.watch(List.of(target(0, engine).withApiKey("sk-1"), target(1, open)));

      await().until(() -> engine.heads().size() >= 2 && open.heads().size() >= 2);

      assertThat(engine.heads())
          .allSatisfy(head ->
              assertThat(head)
                  .contains("host: 127.0.0.1:" + engine.port() + "\r\n")
                  .contains("accept-encoding: identity\r\n")
                  .contains("authorization: Bearer sk-1\r\n")
                  .doesNotContain("gzip"));
      assertThat(open.heads()).noneMatch(head -> head.contains("authorization"));
    }
  }

  @Test
  void latencyIsTheMeanSinceTheScrapeBefore() {
    try (FakeEngine engine = FakeEngine.healthy("")) {
      engine.page(
          "/metrics",
          n ->
              Answer.ok(
                  "vllm:time_to_first_token_seconds_sum %d\nvllm:time_to_first_token_seconds_count %d\n"
                      .formatted(100 + n, 10 + 2 * n)));
      fixture.watch.watch(List.of(target(0, engine)));

      await().until(() -> fixture.samplesOf(0) >= 3);

      assertThat(fixture.samples.get(0).ttft()).isNaN();
      assertThat(fixture.samples.get(1).ttft()).isEqualTo(0.5f);
      assertThat(fixture.samples.get(2).ttft()).isEqualTo(0.5f);
      assertThat(fixture.samples.get(2).tpot()).isNaN();
    }
  }

  @Test
  void anEngineThatHangsDelaysNoOther() throws SSLException {
    fixture.close();
    fixture = new WatchFixture(WatchFixture.IMPATIENT);
    try (FakeEngine hung = FakeEngine.start().page("/metrics", Answer.hang());
        FakeEngine engine = FakeEngine.healthy(METRICS)) {
      fixture.watch.watch(List.of(target(0, hung), target(1, engine)));

      await().until(() -> fixture.failures.contains(failed(ScrapeFailure.DEADLINE)));

      await().until(() -> fixture.samplesOf(1) >= 2);
      assertThat(fixture.samplesOf(0)).isZero();
      await().until(() -> hung.asked("/metrics") >= 2);
      await().until(() -> hung.openConnections() <= 1);
    }
  }

  @Test
  void aConnectionThatEndsWithinTheBodyIsAFailureAndDeliversNothing() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      engine.page(
          "/metrics",
          Answer.text("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + METRICS).close());
      fixture.watch.watch(List.of(target(0, engine)));

      await().until(() -> fixture.failures.contains(failed(ScrapeFailure.CLOSED)));

      assertThat(fixture.samples).isEmpty();
      await().until(() -> fixture.models.containsKey(0));
    }
  }

  @Test
  void garbageAndForeignPagesAreFailures() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      engine.page(
          "/metrics",
          n ->
              switch (n % 4) {
                case 0 -> Answer.text("\0\1\2 garbage\r\n\r\n");
                case 1 -> Answer.ok("<html>hello</html>");
                case 2 -> Answer.text("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
                default -> Answer.ok("x".repeat(20_001));
              });
      fixture.watch.watch(List.of(target(0, engine)));

      await()
          .until(() ->
              fixture.failures.containsAll(
                  List.of(
                      failed(ScrapeFailure.MALFORMED),
                      failed(ScrapeFailure.UNRECOGNISED),
                      failed(ScrapeFailure.STATUS),
                      failed(ScrapeFailure.TOO_LARGE))));

      assertThat(fixture.samples).isEmpty();
    }
  }

  @Test
  void unreadableLinesAreToldAndTheRestCounts() {
    try (FakeEngine engine =
        FakeEngine.healthy("vllm:num_requests_running many\nvllm:num_requests_waiting 2\n")) {
      fixture.watch.watch(List.of(target(0, engine)));

      await().until(() -> fixture.samplesOf(0) >= 1 && fixture.unreadable.get() >= 1);

      assertThat(fixture.samples.getFirst().sample().waiting()).isEqualTo(2);
    }
  }

  @Test
  void aKeptConnectionThatTheEngineClosedIsReplacedWithoutAFailure() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      engine.page("/metrics", n -> n % 2 == 1 ? Answer.hang().close() : Answer.ok(METRICS));
      fixture.watch.watch(List.of(target(0, engine).withModels(null)));

      await().until(() -> fixture.samplesOf(0) >= 3);

      assertThat(fixture.failures).isEmpty();
      assertThat(engine.accepted()).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void aModelListThatCannotBeHadLeavesTheOneBefore() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      engine.page(
          "/v1/models",
          n -> n == 0 ? Answer.ok("{\"data\":[{\"id\":\"first\"}]}") : Answer.ok("{\"oops\":1}"));
      fixture.watch.watch(List.of(target(0, engine)));

      await()
          .until(() ->
              fixture.failures.contains(
                  new WatchFixture.Failed(Page.MODELS, ScrapeFailure.UNRECOGNISED)));

      assertThat(fixture.models).containsEntry(0, Set.of("first"));
      assertThat(fixture.failures).noneMatch(failure -> failure.page() == Page.METRICS);
    }
  }

  @Test
  void aDeadEngineIsAskedLessOftenAndFoundAgain() {
    int port;
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      port = engine.port();
    }
    var target = Target.of(3, "127.0.0.1", port, WatchFixture.VLLM).withModels(null);
    fixture.watch.watch(List.of(target));
    await().until(() -> fixture.failures.size() >= 5);

    TargetStatus dead = fixture.watch.statuses().getFirst();
    assertThat(dead.ageNanos()).isEqualTo(-1);
    assertThat(dead.failuresInRow()).isGreaterThanOrEqualTo(5);
    assertThat(dead.lastFailure()).isEqualTo(ScrapeFailure.CONNECT);
    int before = fixture.failures.size();
    long since = System.nanoTime();
    await().until(() -> fixture.failures.size() >= before + 3);
    assertThat(System.nanoTime() - since).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2 * 60 * 3));
  }

  @Test
  void statusesTellAgeAndFailures() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      fixture.watch.watch(List.of(target(0, engine)));
      await().until(() -> fixture.samplesOf(0) >= 1);

      TargetStatus status = fixture.watch.statuses().getFirst();
      assertThat(status.target().slot()).isZero();
      assertThat(status.ageNanos()).isBetween(0L, TimeUnit.SECONDS.toNanos(60));
      assertThat(status.failuresInRow()).isZero();
      assertThat(status.lastFailure()).isNull();
    }
  }

  @Test
  void theFirstCycleIsDoneWhenEveryPageWasReadOrFailed() throws SSLException {
    fixture.close();
    fixture = new WatchFixture(WatchFixture.IMPATIENT);
    try (FakeEngine engine = FakeEngine.healthy(METRICS);
        FakeEngine hung = FakeEngine.start().page("/metrics", Answer.hang())) {
      assertThat(fixture.watch.firstCycleDone()).isNotDone();

      fixture.watch.watch(List.of(target(0, engine), target(1, hung)));

      assertThat(fixture.watch.firstCycleDone()).succeedsWithin(Duration.ofSeconds(20));
      assertThat(fixture.samplesOf(0)).isPositive();
      assertThat(fixture.models).containsKey(0);
      assertThat(fixture.failures).contains(failed(ScrapeFailure.DEADLINE));
    }
  }

  @Test
  void theFirstCycleOfNoTargetsIsDoneAtOnce() {
    fixture.watch.watch(List.of());
    assertThat(fixture.watch.firstCycleDone()).isDone();
  }

  @Test
  void aTargetDroppedBeforeItsFirstOutcomeDoesNotHoldTheFirstCycleUp() {
    try (FakeEngine hung = FakeEngine.start().page("/metrics", Answer.hang())) {
      fixture.watch.watch(List.of(target(1, hung)));
      fixture.watch.watch(List.of());
      assertThat(fixture.watch.firstCycleDone()).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  void aDroppedTargetDeliversNothingMoreAndItsConnectionCloses() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS);
        FakeEngine other = FakeEngine.healthy(METRICS)) {
      fixture.watch.watch(List.of(target(0, engine), target(1, other)));
      await().until(() -> fixture.samplesOf(0) >= 2 && fixture.samplesOf(1) >= 2);

      fixture.watch.watch(List.of(target(1, other)));
      long delivered = fixture.samplesOf(0);
      long others = fixture.samplesOf(1);
      await().until(() -> engine.openConnections() == 0 && fixture.samplesOf(1) >= others + 3);

      assertThat(fixture.samplesOf(0)).isEqualTo(delivered);
      assertThat(other.accepted()).isEqualTo(1);
      assertThat(fixture.watch.statuses()).hasSize(1);
    }
  }

  @Test
  void closingTheWatchClosesEveryConnection() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      fixture.watch.watch(List.of(target(0, engine)));
      await().until(() -> engine.openConnections() == 1);

      fixture.watch.close();

      await().until(() -> engine.openConnections() == 0);
      fixture.watch.watch(List.of(target(0, engine)));
      assertThat(fixture.watch.statuses()).isEmpty();
    }
  }

  @Test
  void hostsMayBeNamesAndANameWithoutAddressIsAFailure() {
    try (FakeEngine engine = FakeEngine.healthy(METRICS)) {
      fixture.watch.watch(
          List.of(
              Target.of(0, "localhost", engine.port(), WatchFixture.VLLM),
              Target.of(1, "no-such-host.invalid", 80, WatchFixture.VLLM)));

      await()
          .until(() ->
              fixture.samplesOf(0) >= 1
                  && fixture.failures.contains(failed(ScrapeFailure.CONNECT)));
    }
  }

  @Test
  void metricsMayBeServedOnAPortOfTheirOwn() {
    try (FakeEngine models = FakeEngine.healthy("");
        FakeEngine metrics = FakeEngine.start().page("/m", Answer.ok(METRICS))) {
      fixture.watch.watch(List.of(target(0, models).withMetrics(metrics.port(), "/m")));

      await().until(() -> fixture.samplesOf(0) >= 1 && fixture.models.containsKey(0));

      assertThat(models.asked("/metrics")).isZero();
    }
  }

  @Test
  void aBoardIsASink() {
    var board = new SignalBoard(2);
    SignalSink sink = SignalSink.into(board);

    sink.sample(1, EngineSample.UNKNOWN, Float.NaN, Float.NaN, 40);
    sink.models(1, Set.of("m"));

    assertThat(board.sampleAge(1, 50)).isEqualTo(10);
    assertThat(board.models(1)).containsExactly("m");
  }

  private static WatchFixture.Failed failed(ScrapeFailure reason) {
    return new WatchFixture.Failed(Page.METRICS, reason);
  }
}
