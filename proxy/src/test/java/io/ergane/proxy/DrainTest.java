package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static io.ergane.proxy.RawClient.streamedChat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Leaving in good order. */
class DrainTest {
  private static final String GET_READY = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n";

  private static ProxySettings settings(Duration lameDuck, Duration drain) {
    ProxySettings.Timeouts usual = ProxySettings.Timeouts.DEFAULT;
    return ProxySettings.DEFAULT.withTimeouts(
        new ProxySettings.Timeouts(
            usual.header(),
            usual.bodyStall(),
            usual.idle(),
            usual.writeStall(),
            usual.answerStall(),
            lameDuck,
            drain));
  }

  @Test
  void readinessTurnsFirstThenConnectionsCloseAndStreamsFinish() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead().event("{\"choices\":[{\"text\":\"a\"}]}");
              goOn.await();
              call.event("[DONE]").lastChunk();
            });
        Fixture proxy =
            Fixture.with(engine)
                .settings(settings(Duration.ofSeconds(2), Duration.ofSeconds(30)))
                .start();
        RawClient stream = proxy.client();
        RawClient idle = proxy.client();
        RawClient watcher = proxy.client()) {
      stream.send(post("/v1/chat/completions", streamedChat("m")));
      await().until(() -> proxy.telemetry.ended.isEmpty() && proxy.proxy.inFlight() == 1);
      assertThat(watcher.send(GET_READY).read().status()).isEqualTo(200);

      CompletableFuture<Integer> drained = proxy.proxy.drain();
      RawClient.Answer notReady = watcher.send(GET_READY).read();
      assertThat(notReady.status()).isEqualTo(503);
      assertThat(notReady.header("connection")).isEmpty();
      assertThat(idle.atEnd()).isTrue();
      assertThatThrownBy(proxy::client).isInstanceOf(IOException.class);
      assertThat(drained).isNotDone();

      goOn.countDown();
      RawClient.Answer answer = stream.read();
      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).endsWith("[DONE]\n\n");
      assertThat(drained.get(30, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void whatRunsBeyondTheDrainTimeIsCutAndCounted() throws Exception {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead().event("{\"choices\":[{\"text\":\"a\"}]}");
              call.awaitClose(20);
            });
        Fixture proxy =
            Fixture.with(engine).settings(settings(Duration.ZERO, Duration.ofMillis(300))).start();
        RawClient one = proxy.client();
        RawClient two = proxy.client()) {
      one.send(post("/v1/chat/completions", streamedChat("m")));
      two.send(post("/v1/chat/completions", streamedChat("m")));
      await().until(() -> proxy.dataplane.board().totalInFlight() == 2);

      assertThat(proxy.proxy.drain().get(10, TimeUnit.SECONDS)).isEqualTo(2);
      proxy.assertQuiet();
      await().until(() -> engine.openConnections() == 0);
    }
  }

  @Test
  void aRequestOnAnOpenConnectionIsServedInTheLameDuckTimeAndTheConnectionClosesAfterIt()
      throws Exception {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              Thread.sleep(1_500);
              call.json(200, ScriptedEngine.ANSWER);
            });
        Fixture proxy =
            Fixture.with(engine)
                .settings(settings(Duration.ofSeconds(1), Duration.ofSeconds(30)))
                .start();
        RawClient client = proxy.client()) {
      CompletableFuture<Integer> drained = proxy.proxy.drain();
      RawClient.Answer answer = client.send(post("/v1/chat/completions", chat("m"))).read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
      assertThat(drained.get(30, TimeUnit.SECONDS)).isZero();
    }
  }
}
