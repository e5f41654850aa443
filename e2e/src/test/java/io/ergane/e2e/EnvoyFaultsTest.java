package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.ergane.e2e.SteadyLoad.Outcome;
import io.ergane.proto.resource.Resource;
import io.ergane.simulator.http.Fault;
import io.ergane.simulator.model.EngineConfig;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dies, stalls or leaves around a real Envoy, and what of it requests notice. */
@NeedsPart(Part.ENVOY)
final class EnvoyFaultsTest {
  private static final EngineConfig PACE =
      EngineConfig.fast().withTimes(Duration.ofMillis(40), Duration.ofMillis(4));

  @TempDir Path folder;

  @Test
  void anEngineKilledUnderLoadBreaksOnlyWhatItHadBegun() throws Exception {
    try (EnvoyStack stack = EnvoyStack.start(folder, 3, PACE, "10s")) {
      List<Outcome> outcomes;
      try (SteadyLoad load = load(stack)) {
        awaitTraffic(load, "e-2");
        stack.engine("e-2").close();
        load.awaitMore(60);
        stack.engine("e-2").restart();
        awaitTraffic(load, "e-2");
        load.close();
        outcomes = load.outcomes();
      }
      stack.awaitIdle();

      Tally tally = Tally.of(outcomes);
      tally.print("an engine killed and restarted under load", stack.inFlight());
      LostRequests.noneBut(Set.of(Tally.BROKEN_OFF), outcomes);
      assertThat(outcomes)
          .filteredOn(outcome -> !Tally.reason(outcome).isEmpty())
          .allSatisfy(outcome -> assertThat(outcome.engine()).isIn("e-2", ""));
      assertThat(tally.failures()).as("at most one stream a connection").isLessThanOrEqualTo(8);
    }
  }

  @Test
  void anEngineThatNeverAnswersCostsTimeAndNoRequest() throws Exception {
    try (EnvoyStack stack = EnvoyStack.start(folder, 3, PACE, "1s")) {
      stack.engine("e-1").faults(Fault.stall(Fault.Point.BEFORE_HEADERS));
      List<Outcome> outcomes;
      try (SteadyLoad load = load(stack)) {
        load.awaitMore(100);
        load.close();
        outcomes = load.outcomes();
      }
      stack.engine("e-1").clearFaults();
      stack.awaitIdle();

      Tally tally = Tally.of(outcomes);
      tally.print("an engine that never answers", stack.inFlight());
      LostRequests.none(outcomes);
      assertThat(stack.metrics().sum("ergane_retries_total")).isPositive();
    }
  }

  @Test
  void clientsThatLeaveAtAnyPhaseLeaveNothingBehind() throws Exception {
    int each = 40;
    try (EnvoyStack stack = EnvoyStack.start(folder, 2, PACE, "10s")) {
      stack.awaitIdle();
      double before = counted(stack);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Socket>> clients = new ArrayList<>();
        for (int i = 0; i < each; i++) {
          clients.add(threads.submit(() -> client(stack, Phase.WITHIN_ITS_BODY)));
          clients.add(threads.submit(() -> client(stack, Phase.BEFORE_THE_ANSWER)));
          clients.add(threads.submit(() -> client(stack, Phase.WITHIN_THE_ANSWER)));
        }
        await()
            .atMost(Gateway.PATIENCE)
            .until(() -> stack.inFlight() >= 2 * each && stack.generating() == 2 * each);
        boolean reset = true;
        for (Future<Socket> client : clients) {
          Socket socket = client.get();
          socket.setSoLinger(reset, 0);
          socket.close();
          reset = !reset;
        }
      }
      stack.awaitIdle();

      await().atMost(Gateway.PATIENCE).until(() -> counted(stack) - before == 2 * each);
      long cancelled =
          stack.engines().values().stream().mapToLong(engine -> engine.state().cancelled()).sum();
      System.out.printf(
          "fault, clients that leave: %d within their body, %d before the answer, %d within it;"
              + " %d generations cancelled, in flight afterwards %d%n",
          each, each, each, cancelled, stack.inFlight());
      assertThat(cancelled).isEqualTo(2L * each);
      assertThat(counted(stack) - before).isEqualTo(2.0 * each);
      assertThat(stack.chat("hi")).isEqualTo(200);
    }
  }

  private static double counted(EnvoyStack stack) {
    return stack.metrics().sum("kthena_router_requests_total");
  }

  private enum Phase {
    WITHIN_ITS_BODY,
    BEFORE_THE_ANSWER,
    WITHIN_THE_ANSWER
  }

  /** A client that has come as far as that. */
  private static Socket client(EnvoyStack stack, Phase phase) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), stack.port());
    socket.setSoTimeout((int) Gateway.PATIENCE.toMillis());
    byte[] body = Chats.streamed("chat", "a long story", 6000).getBytes(StandardCharsets.UTF_8);
    String head =
        """
        POST /v1/chat/completions HTTP/1.1\r
        host: gateway\r
        content-type: application/json\r
        x-sim-tokens: 6000\r
        x-sim-ttft-ms: %d\r
        x-sim-itl-ms: 100\r
        content-length: %d\r
        \r
        """
            .formatted(phase == Phase.BEFORE_THE_ANSWER ? 60_000 : 1, body.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    int length = phase == Phase.WITHIN_ITS_BODY ? body.length / 2 : body.length;
    socket.getOutputStream().write(body, 0, length);
    if (phase == Phase.WITHIN_THE_ANSWER) {
      awaitEvent(socket.getInputStream());
    }
    return socket;
  }

  private static void awaitEvent(InputStream in) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf("data: ") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended: " + seen);
      }
      seen.append((char) next);
    }
  }

  @Test
  void anEnvoyThatDiesLeavesNothingInFlightAndServesWhenItIsBack() throws Exception {
    try (EnvoyStack stack = EnvoyStack.start(folder, 2, PACE, "10s")) {
      List<Outcome> outcomes;
      try (SteadyLoad load = load(stack)) {
        load.awaitMore(30);
        stack.killEnvoy();
        long killed = System.nanoTime();
        await()
            .atMost(Gateway.PATIENCE)
            .until(() -> stack.dataplane().board().totalInFlight() == 0);
        long released = System.nanoTime() - killed;
        stack.restartEnvoy();
        int seen = load.outcomes().size();
        await()
            .atMost(Gateway.PATIENCE)
            .until(() ->
                load.outcomes().stream().skip(seen).filter(each -> each.status() == 200).count()
                    > 20);
        load.close();
        outcomes = load.outcomes();
        System.out.printf(
            "Envoy killed: its requests were given up after %d ms%n", released / 1_000_000);
      }
      stack.awaitIdle();

      Tally tally = Tally.of(outcomes);
      tally.print("Envoy killed and restarted", stack.inFlight());
      LostRequests.noneBut(Set.of(Tally.NO_ANSWER, Tally.BROKEN_OFF), outcomes);
      assertThat(Tally.of(outcomes.subList(outcomes.size() - 10, outcomes.size())).failures())
          .isZero();
    }
  }

  @Test
  void whenTheWayToTheSchedulerIsCutRunningAnswersEndAndTheirHoldsAreGivenUp() throws Exception {
    int streams = 20;
    try (EnvoyStack stack = EnvoyStack.start(folder, 2, PACE, "10s");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<InputStream>>> heads = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        String body = Chats.streamed("chat", "story " + i, 60);
        heads.add(
            threads.submit(() ->
                stack
                    .web()
                    .open(
                        stack.chatUrl(),
                        body,
                        "x-sim-tokens",
                        "60",
                        "x-sim-itl-ms",
                        "100",
                        "x-sim-ttft-ms",
                        "1")));
      }
      List<Future<String>> running = new ArrayList<>();
      for (Future<HttpResponse<InputStream>> head : heads) {
        InputStream body = head.get().body();
        running.add(threads.submit(() -> new String(body.readAllBytes(), StandardCharsets.UTF_8)));
      }
      // Not at once: the request that found the stack ready may be told to have ended later.
      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> stack.dataplane().board().totalInFlight() == streams);

      stack.relay().cut();
      long cut = System.nanoTime();
      HttpResponse<String> refused = stack.web().post(stack.chatUrl(), Chats.body("chat", "hi"));
      await().atMost(Gateway.PATIENCE).until(() -> stack.dataplane().board().totalInFlight() == 0);
      long released = System.nanoTime() - cut;
      stack.relay().mend();
      int whole = 0;
      for (Future<String> stream : running) {
        whole += stream.get().contains("data: [DONE]") ? 1 : 0;
      }
      await().atMost(Gateway.PATIENCE).until(() -> stack.chat("hi") == 200);
      stack.awaitIdle();

      double lost = stack.metrics().sum("ergane_ext_proc_lost_requests_total");
      System.out.printf(
          "fault, the way to the scheduler cut: %d streams ran, %d whole; a request meanwhile: %d;"
              + " %.0f holds given up after %d ms, in flight afterwards %d%n",
          streams, whole, refused.statusCode(), lost, released / 1_000_000, stack.inFlight());
      LostRequests.none(streams, whole);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("service_unavailable_error");
      assertThat(lost).isEqualTo(streams);
    }
  }

  @Test
  void twoThousandStreamsRunAtATimeAndABodyAboveTheLimitIsRefused() throws Exception {
    int streams = 2_000;
    EngineConfig roomy = PACE.withMaxSequences(2_048);
    try (EnvoyStack stack = EnvoyStack.start(folder, 2, roomy, "60s");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long begun = System.nanoTime();
      for (Future<HttpResponse<String>> stream : streams(stack, threads, streams / 10, 1)) {
        assertThat(stream.get().statusCode()).isEqualTo(200);
      }
      long allBegun = 15 * (System.nanoTime() - begun) / 1_000_000;
      List<Future<HttpResponse<String>>> running =
          streams(stack, threads, streams, Math.clamp(allBegun, 6_000, 40_000));
      int most = 0;
      for (Future<HttpResponse<String>> stream : running) {
        while (!stream.isDone()) {
          most = Math.max(most, stack.dataplane().board().totalInFlight());
          Thread.sleep(20);
        }
      }
      int failed = 0;
      for (Future<HttpResponse<String>> stream : running) {
        failed += stream.get().body().contains("data: [DONE]") ? 0 : 1;
      }
      String large = Chats.body("chat", "x".repeat(50 << 20));
      HttpResponse<String> refused = stack.web().post(stack.chatUrl(), large);
      stack.awaitIdle();

      System.out.printf(
          "fault, many streams: %d requests, %d failed, at most %d at a time, in flight afterwards"
              + " %d; a body of 50 MB: %d%n",
          streams, failed, most, stack.inFlight(), refused.statusCode());
      assertThat(failed).isZero();
      assertThat(most).isGreaterThan(1_500);
      assertThat(refused.statusCode()).isEqualTo(413);
      assertThat(refused.body()).contains("request_too_large");
    }
  }

  /**
   * Begins streams of two tokens.
   *
   * @param firstToken milliseconds until the first of them
   */
  private static List<Future<HttpResponse<String>>> streams(
      EnvoyStack stack, ExecutorService threads, int count, long firstToken) {
    String wait = String.valueOf(firstToken);
    List<Future<HttpResponse<String>>> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String body = Chats.streamed("chat", "story " + i, 2);
      begun.add(
          threads.submit(() ->
              stack.web().post(stack.chatUrl(), body, "x-sim-tokens", "2", "x-sim-ttft-ms", wait)));
    }
    return begun;
  }

  @Test
  void withOnePoolAListenerThatFailsOpenServesWithoutTheScheduler() throws Exception {
    try (EnvoyStack stack = EnvoyStack.failingOpen(folder, 2, PACE)) {
      List<Outcome> outcomes;
      try (SteadyLoad load = load(stack)) {
        load.awaitMore(20);
        stack.relay().cut();
        load.awaitMore(100);
        stack.relay().mend();
        load.awaitMore(50);
        load.close();
        outcomes = load.outcomes();
      }
      stack.awaitIdle();

      Tally tally = Tally.of(outcomes);
      tally.print("the way to the scheduler cut, failing open", stack.inFlight());
      LostRequests.none(outcomes);
    }
  }

  @Test
  void whatEnvoyRejectsHoldsUpNoOtherChange() throws Exception {
    try (EnvoyStack stack = EnvoyStack.start(folder, 2, PACE, "10s")) {
      List<Outcome> outcomes;
      try (SteadyLoad load = load(stack)) {
        load.awaitMore(20);
        Cluster bad =
            Cluster.newBuilder()
                .setName("bad")
                .setConnectTimeout(com.google.protobuf.Duration.getDefaultInstance())
                .build();
        stack.tell(Resource.of("bad", bad));
        await().atMost(Gateway.PATIENCE).until(() -> !rejected(stack).isEmpty());

        stack.manifest(
            "more.yaml", Manifests.server("t", EnvoyStack.MODEL), Manifests.route("fresh", "t"));
        stack.manifest("t.yaml", Manifests.pod("t-1", "t", stack.engine("e-1").url()));
        String body = Chats.body("fresh", "hi");
        await()
            .atMost(Gateway.PATIENCE)
            .until(() -> stack.web().post(stack.chatUrl(), body).statusCode() == 200);
        load.awaitMore(20);
        load.close();
        outcomes = load.outcomes();
      }
      stack.awaitIdle();

      Tally tally = Tally.of(outcomes);
      tally.print("a rejected cluster while a pool and a route are added", stack.inFlight());
      assertThat(rejected(stack)).contains("bad");
      LostRequests.none(outcomes);
    }
  }

  private static List<String> rejected(EnvoyStack stack) {
    return stack.xds().nodes().stream()
        .flatMap(node -> node.types().stream())
        .flatMap(type -> type.rejected().stream())
        .toList();
  }

  private static SteadyLoad load(EnvoyStack stack) {
    return SteadyLoad.start(
        stack.web(),
        stack.chatUrl(),
        8,
        Duration.ofMillis(20),
        i -> i % 2 == 0 ? Chats.body("chat", "q " + i) : Chats.streamed("chat", "q " + i, 16));
  }

  private static void awaitTraffic(SteadyLoad load, String engine) {
    int seen = load.outcomes().size();
    await()
        .atMost(Gateway.PATIENCE)
        .until(() ->
            load.outcomes().stream().skip(seen).anyMatch(each -> each.engine().equals(engine)));
  }
}
