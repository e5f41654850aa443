package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.dataplane.Dataplane;
import io.ergane.e2e.SteadyLoad.Outcome;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.simulator.model.EngineConfig;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines that die and clients that leave. */
final class FaultsTest {
  private static final String MODEL = "vendor/model";

  @TempDir Path folder;

  @Test
  void anEngineThatDiesFailsNoRequestWhoseAnswerHadNotBegunAndIsBackAfterItReturns()
      throws IOException, InterruptedException {
    EngineConfig pace = EngineConfig.fast().withTimes(Duration.ofMillis(60), Duration.ofMillis(4));
    try (Gateway gateway = gateway(3, pace);
        SteadyLoad load =
            SteadyLoad.start(gateway, 8, Duration.ofMillis(20), FaultsTest::everyOtherStreamed)) {
      awaitTraffic(load, "e-2");

      gateway.engine("e-2").close();
      await().atMost(Gateway.PATIENCE).until(() -> ejected(gateway, "e-2"));
      assertThat(gateway.metrics().sum("ergane_endpoint_ejections_total")).isPositive();
      load.awaitMore(30);

      gateway.engine("e-2").restart();
      await().atMost(Gateway.PATIENCE).until(() -> !ejected(gateway, "e-2"));
      awaitTraffic(load, "e-2");
      load.close();

      List<Outcome> outcomes = load.outcomes();
      LostRequests.none(outcomes.stream().filter(each -> !brokeOff(each)).toList());
      long broken = outcomes.stream().filter(FaultsTest::brokeOff).count();
      System.out.printf(
          "an engine killed under load: %d requests, %d streams broken off after they had begun, no"
              + " other error%n",
          outcomes.size(), broken);
      assertThat(broken).as("at most one stream a connection").isLessThanOrEqualTo(8);
    }
  }

  /** Whether it was a stream of the engine that died, had begun, and was told why it ends. */
  private static boolean brokeOff(Outcome outcome) {
    String text = outcome.text();
    return outcome.status() == 200
        && outcome.engine().equals("e-2")
        && text.contains("\"choices\"")
        && text.contains("\"error\"")
        && text.contains("broke off");
  }

  private static String everyOtherStreamed(int i) {
    String prompt = "question " + i;
    return i % 2 == 0 ? Chats.body("chat", prompt) : Chats.streamed("chat", prompt, 16);
  }

  private static void awaitTraffic(SteadyLoad load, String engine) {
    int seen = load.outcomes().size();
    await()
        .atMost(Gateway.PATIENCE)
        .until(() ->
            load.outcomes().stream().skip(seen).anyMatch(each -> each.engine().equals(engine)));
  }

  private static boolean ejected(Gateway gateway, String pod) {
    Dataplane dataplane = gateway.router().dataplane();
    int slot =
        dataplane.state().watched().stream()
            .filter(watched -> watched.endpoint().pod().name().equals(pod))
            .findFirst()
            .orElseThrow()
            .slot();
    return dataplane.health().ejected(slot, dataplane.now());
  }

  @Test
  void whenAllEnginesAreDeadClientsAreToldToComeBackAndAreServedAfterwards() throws Exception {
    try (Gateway gateway = gateway(2, Gateway.QUICK)) {
      Burst.engineOf(gateway.chat("chat", "hi"));
      gateway.engines().values().forEach(SimulatedEngine::close);

      for (int i = 0; i < 10; i++) {
        HttpResponse<String> answer = gateway.chat("chat", "question " + i);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("request to all pods failed");
      }

      gateway.engines().values().forEach(SimulatedEngine::restart);
      await().atMost(Gateway.PATIENCE).until(() -> gateway.chat("chat", "hi").statusCode() == 200);
      for (int i = 0; i < 10; i++) {
        Burst.engineOf(gateway.chat("chat", "question " + i));
      }
    }
  }

  @Test
  void threeHundredClientsThatVanishMidStreamLeaveNothingBehind() throws Exception {
    int clients = 300;
    try (Gateway gateway = gateway(2, Gateway.QUICK)) {
      vanish(gateway, clients);
      gateway.awaitIdle();

      long cancelled =
          gateway.engines().values().stream().mapToLong(each -> each.state().cancelled()).sum();
      assertThat(cancelled).isEqualTo(clients);
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> {
            Samples samples = gateway.metrics();
            assertThat(samples.sum("kthena_router_active_requests")).isZero();
            assertThat(samples.sum("kthena_router_active_downstream_requests")).isZero();
            assertThat(samples.sum("kthena_router_active_upstream_requests")).isZero();
          });
      Burst.engineOf(gateway.chat("chat", "hi"));
    }
  }

  private static void vanish(Gateway gateway, int clients)
      throws InterruptedException, ExecutionException {
    int port = gateway.router().proxy().port();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Socket>> streams = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        streams.add(threads.submit(() -> midStream(port)));
      }
      boolean reset = true;
      for (Future<Socket> stream : streams) {
        Socket socket = stream.get();
        socket.setSoLinger(reset, 0);
        socket.close();
        reset = !reset;
      }
    } catch (IOException e) {
      throw new ExecutionException(e);
    }
  }

  /** A client that has begun to receive a stream of ten minutes. */
  private static Socket midStream(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) Gateway.PATIENCE.toMillis());
    byte[] body = Chats.streamed("chat", "a long story", 6000).getBytes(StandardCharsets.UTF_8);
    String head =
        """
        POST /v1/chat/completions HTTP/1.1\r
        host: gateway\r
        content-type: application/json\r
        x-sim-tokens: 6000\r
        x-sim-ttft-ms: 1\r
        x-sim-itl-ms: 100\r
        content-length: %d\r
        \r
        """
            .formatted(body.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    InputStream in = socket.getInputStream();
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf("data: ") < 0) {
      int next = in.read();
      if (next < 0) throw new IOException("ended: " + seen);
      seen.append((char) next);
    }
    assertThat(seen).startsWith("HTTP/1.1 200");
    return socket;
  }

  /** Engines chosen at random, so that each one has traffic whatever it says of itself. */
  private Gateway gateway(int engines, EngineConfig model) throws IOException {
    Gateway gateway =
        Gateway.in(folder)
            .manifest("models.yaml", Manifests.server("s", MODEL), Manifests.route("chat", "s"));
    for (int i = 1; i <= engines; i++) {
      gateway.engine(EngineSettings.vllm("e-" + i, MODEL).withModel(model), "s");
    }
    Path file = gateway.configuration(Manifests.configuration("", "random", ""));
    return gateway.start("--config=" + file);
  }
}
