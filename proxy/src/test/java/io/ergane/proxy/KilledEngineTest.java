package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.Fault;
import io.ergane.simulator.http.SimulatedEngine;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Simulated engines that die and return while clients go on asking. */
class KilledEngineTest {
  private static final String LONG =
      "{\"model\":\"m\",\"stream\":true,\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private static SimulatedEngine engine(String name, EventLoopGroup threads) {
    return SimulatedEngine.start(EngineSettings.vllm(name, "served"), threads);
  }

  @Test
  void noClientSeesAnEngineDieBeforeItsAnswerBegan() throws Exception {
    EventLoopGroup threads = EngineThreads.start(1);
    Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    try (SimulatedEngine one = engine("one", threads);
        SimulatedEngine two = engine("two", threads);
        SimulatedEngine three = engine("three", threads);
        Fixture proxy =
            Fixture.atPorts(
                    one.address().getPort(), two.address().getPort(), three.address().getPort())
                .start()) {
      AtomicBoolean stop = new AtomicBoolean();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(Thread.ofVirtual().start(() -> ask(proxy, statuses, stop)));
      }
      Thread.sleep(400);
      two.close();
      Thread.sleep(600);
      two.restart();
      Thread.sleep(400);
      stop.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(statuses).containsOnlyKeys(200);
      assertThat(statuses.get(200)).isGreaterThan(50);
      proxy.assertQuiet();
    } finally {
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static void ask(Fixture proxy, Map<Integer, Integer> statuses, AtomicBoolean stop) {
    try (RawClient client = proxy.client()) {
      while (!stop.get()) {
        client.send(post("/v1/chat/completions", chat("m")));
        statuses.merge(client.read().status(), 1, Integer::sum);
      }
    } catch (IOException e) {
      statuses.merge(0, 1, Integer::sum);
    }
  }

  @Test
  void streamsOfEveryEndpointPassAndEndWithAnErrorWhenTheEngineResetsThem() throws Exception {
    EventLoopGroup threads = EngineThreads.start(1);
    try (SimulatedEngine engine = engine("one", threads);
        Fixture proxy = Fixture.atPorts(engine.address().getPort()).start()) {
      RawClient.Answer answer = proxy.ask(post("/v1/chat/completions", LONG));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).endsWith("data: [DONE]\n\n").doesNotContain("\"usage\":{");
      proxy.assertQuiet();
      assertThat(proxy.telemetry.last().outputTokens).isPositive();

      answer = proxy.ask(post("/v1/messages", LONG));
      assertThat(answer.body()).contains("event: message_stop");
      proxy.assertQuiet();
      assertThat(proxy.telemetry.last().outputTokens).isPositive();

      engine.faults(Fault.reset(Fault.Point.MID_STREAM));
      answer = proxy.ask(post("/v1/chat/completions", LONG));
      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).contains("data: {\"error\"");
      engine.clearFaults();
      assertThat(proxy.chat().status()).isEqualTo(200);
    } finally {
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }
}
