package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.e2e.SteadyLoad.Outcome;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control plane and scheduler as processes of their own, killed and started again under load. */
@NeedsPart(Part.ENVOY)
final class EnvoyPartsTest {
  private static final int STREAMS = 20;
  private static final int TOKENS = 60;

  @TempDir Path folder;

  @Test
  void aSchedulerKilledCutsNoAnswerAndNewRequestsAreToldToComeBack() throws Exception {
    try (EnvoyParts parts = EnvoyParts.start(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<InputStream>>> heads = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        heads.add(threads.submit(() -> stream(parts)));
      }
      List<Future<String>> streams = new ArrayList<>();
      for (Future<HttpResponse<InputStream>> head : heads) {
        InputStream body = head.get().body();
        streams.add(threads.submit(() -> new String(body.readAllBytes(), StandardCharsets.UTF_8)));
      }
      List<Outcome> outcomes;
      long away;
      try (SteadyLoad load = load(parts)) {
        load.awaitMore(30);

        parts.killScheduler();
        long killed = System.nanoTime();
        awaitStatus(load, 503);
        load.awaitMore(30);
        parts.startScheduler();
        awaitStatus(load, 200);
        away = System.nanoTime() - killed;
        load.awaitMore(30);
        load.close();
        outcomes = load.outcomes();
      }
      int whole = 0;
      for (Future<String> stream : streams) {
        whole += stream.get().contains("data: [DONE]") ? 1 : 0;
      }
      parts.awaitIdle();

      Tally tally = Tally.of(outcomes);
      System.out.printf(
          "fault, the scheduler killed: %d streams ran, %d whole; served again after %d ms%n",
          STREAMS, whole, away / 1_000_000);
      tally.print("the scheduler killed and restarted under load", parts.inFlight());
      LostRequests.none(STREAMS, whole);
      LostRequests.noneBut(Set.of(Tally.OWN_503), outcomes);
      assertThat(tally.failures()).isPositive();
      assertThat(Tally.of(outcomes.subList(outcomes.size() - 10, outcomes.size())).failures())
          .isZero();
    }
  }

  private static HttpResponse<InputStream> stream(EnvoyParts parts) throws Exception {
    return parts
        .web()
        .open(
            parts.chatUrl(),
            Chats.streamed("chat", "a story", TOKENS),
            "x-sim-tokens",
            String.valueOf(TOKENS),
            "x-sim-ttft-ms",
            "1",
            "x-sim-itl-ms",
            "120");
  }

  @Test
  void aControlPlaneKilledIsMissedByNoRequestAndItsReturnBringsWhatChanged() throws Exception {
    try (EnvoyParts parts = EnvoyParts.start(folder)) {
      List<Outcome> outcomes;
      long caughtUp;
      int meanwhile;
      long modified = parts.modified();
      long endpoints = parts.endpointChanges();
      assertThat(modified).as("Envoy's counters are known by these names").isPositive();
      try (SteadyLoad load = load(parts)) {
        load.awaitMore(50);

        parts.killControlPlane();
        parts.declare("e-2");
        load.awaitMore(100);
        meanwhile = engines(load.outcomes(), load.outcomes().size() - 60);
        parts.startControlPlane();
        long back = System.nanoTime();
        await()
            .atMost(Gateway.PATIENCE)
            .until(() -> engines(load.outcomes(), load.outcomes().size() - 30) == 1);
        caughtUp = System.nanoTime() - back;
        load.awaitMore(50);
        load.close();
        outcomes = load.outcomes();
      }
      parts.awaitIdle();

      Tally tally = Tally.of(outcomes);
      System.out.printf(
          "fault, the control plane killed: %d engines served meanwhile, the edit of that time was"
              + " live %d ms after its start%n",
          meanwhile, caughtUp / 1_000_000);
      tally.print("the control plane killed and restarted under load", parts.inFlight());
      LostRequests.none(outcomes, parts::known);
      await().atMost(Gateway.PATIENCE).until(() -> parts.endpointChanges() > endpoints);
      assertThat(parts.modified()).as("listeners, clusters, routes changed").isEqualTo(modified);
      assertThat(parts.endpointChanges() - endpoints).as("changes of endpoints").isOne();
      assertThat(meanwhile).isEqualTo(2);
      assertThat(outcomes.subList(outcomes.size() - 10, outcomes.size()))
          .allSatisfy(outcome -> assertThat(outcome.engine()).isEqualTo("e-2"));
    }
  }

  @Test
  void eachOfTwoSchedulersLearnsHowTheRequestsThatItDecidedEnded() throws Exception {
    try (EnvoyParts parts = EnvoyParts.start(folder, 2)) {
      parts.awaitIdle();
      double before = answers(parts.samples());
      AtomicInteger sent = new AtomicInteger();
      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> {
            for (int i = 0; i < 20; i++) {
              String body = Chats.body("chat", "hello " + sent.incrementAndGet());
              assertThat(parts.web().post(parts.chatUrl(), body).statusCode()).isEqualTo(200);
            }
            return parts.samples().stream()
                .allMatch(samples -> samples.sum("ergane_ext_proc_streams_total") > 0);
          });

      parts.awaitIdle();

      List<Samples> all = parts.samples();
      assertThat(all)
          .hasSize(2)
          .allSatisfy(
              samples -> assertThat(samples.sum("ergane_endpoint_requests_total")).isPositive());
      assertThat(answers(all)).isEqualTo(before + sent.get());
    }
  }

  private static double answers(List<Samples> schedulers) {
    return schedulers.stream()
        .mapToDouble(samples -> samples.sum("ergane_endpoint_requests_total"))
        .sum();
  }

  @Test
  void everyMetricOfErganesOwnIsInTheReference() throws Exception {
    String reference = Files.readString(Path.of("../docs/reference/metrics.md"));
    try (EnvoyParts parts = EnvoyParts.start(folder)) {
      parts.awaitIdle();
      Set<String> names = new TreeSet<>();
      for (Samples samples : List.of(parts.samples().getFirst(), parts.samplesOfControlPlane())) {
        samples.all().forEach(sample -> names.add(sample.name()));
      }
      names.removeIf(name -> !name.startsWith("ergane_"));

      assertThat(names)
          .contains("ergane_ext_proc_streams_total", "ergane_xds_pushes_total")
          .allSatisfy(name -> {
            String family = name.replaceAll("_(bucket|count|sum|max)$", "");
            String last = family.replaceAll("^ergane_(ext_proc|xds)_", "");
            assertThat(reference).containsAnyOf("`" + family + "`", "`" + last + "`");
          });
    }
  }

  /** Engines that answered from that outcome on. */
  private static int engines(List<Outcome> outcomes, int from) {
    return (int) outcomes.stream().skip(Math.max(0, from)).map(Outcome::engine).distinct().count();
  }

  private static SteadyLoad load(EnvoyParts parts) {
    return SteadyLoad.start(
        parts.web(),
        parts.chatUrl(),
        8,
        Duration.ofMillis(20),
        i -> i % 2 == 0 ? Chats.body("chat", "q " + i) : Chats.streamed("chat", "q " + i, 16));
  }

  private static void awaitStatus(SteadyLoad load, int status) {
    int seen = load.outcomes().size();
    await()
        .atMost(Gateway.PATIENCE)
        .until(() -> load.outcomes().stream().skip(seen).anyMatch(each -> each.status() == status));
  }
}
