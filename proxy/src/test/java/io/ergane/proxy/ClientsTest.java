package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static io.ergane.proxy.RawClient.streamedChat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.dataplane.telemetry.RequestRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Clients that leave, are slow, or speak an older version. */
class ClientsTest {
  @Test
  void clientsThatVanishWithinTheirStreamsFreeTheirEngines() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead();
              while (!Thread.interrupted()) {
                call.event("{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}");
                Thread.sleep(20);
              }
            });
        Fixture proxy = Fixture.with(engine).start()) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        clients.add(proxy.client().send(post("/v1/chat/completions", streamedChat("m"))));
      }
      await().until(() -> proxy.dataplane.board().totalInFlight() == 300);
      for (int i = 0; i < clients.size(); i++) {
        RawClient client = clients.get(i);
        client.readHead();
        if (i % 2 == 0) {
          client.reset();
        } else {
          client.close();
        }
      }
      proxy.assertQuiet();
      await().atMost(Duration.ofSeconds(10)).until(() -> engine.openConnections() == 0);
      assertThat(proxy.telemetry.ended).hasSize(300).allMatch(record -> record.clientLeft);
      assertThat(proxy.telemetry.ended).allMatch(record -> record.ejections == 0);
      assertThat(proxy.dataplane.health().ejected(0, System.nanoTime())).isFalse();
    }
  }

  @Test
  void aClientThatLeavesBeforeItsAnswerCancelsTheEnginesWork() throws IOException {
    try (ScriptedEngine engine = new ScriptedEngine(call -> call.awaitClose(10));
        Fixture proxy = Fixture.with(engine).start()) {
      for (int i = 0; i < 5; i++) {
        RawClient client = proxy.client().send(post("/v1/chat/completions", chat("m")));
        int expected = i + 1;
        await().until(() -> engine.requests.size() == expected);
        client.close();
      }
      await().until(() -> engine.openConnections() == 0);
      proxy.assertQuiet();
      RequestRecord record = proxy.telemetry.last();
      assertThat(record.clientLeft).isTrue();
      assertThat(record.status).isEqualTo(499);
      assertThat(proxy.dataplane.health().ejected(0, System.nanoTime())).isFalse();
    }
  }

  @Test
  void aClientThatLeavesWithinItsBodyIsForgotten() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient client = proxy.client();
      client.send(
          "POST /v1/completions HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(9000));
      await().until(() -> proxy.proxy.inFlight() == 1);
      client.reset();
      proxy.assertQuiet();
      assertThat(engine.requests).isEmpty();
    }
  }

  @Test
  void aSlowReaderHoldsItsEngineBackAndMissesNothing() throws Exception {
    AtomicLong sent = new AtomicLong();
    String text = "x".repeat(50_000);
    int events = 800;
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead();
              for (int i = 0; i < events; i++) {
                call.event("{\"choices\":[{\"text\":\"" + text + "\"}]}");
                sent.incrementAndGet();
              }
              call.event("[DONE]").lastChunk();
            });
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      client.socket.setReceiveBufferSize(32 << 10);
      client.send(post("/v1/chat/completions", streamedChat("m")));
      AtomicLong before = new AtomicLong(-1);
      await()
          .pollInterval(Duration.ofMillis(300))
          .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
      assertThat(sent.get()).isLessThan(events);

      RawClient.Answer answer = client.read();
      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).endsWith("[DONE]\n\n");
      assertThat(answer.body().length()).isGreaterThan(events * text.length());
    }
  }

  @Test
  void anOldClientGetsAnAnswerThatEndsWithTheConnection() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(
                call -> call.streamHead().event("{\"choices\":[]}").event("[DONE]").lastChunk());
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      String body = streamedChat("m");
      client.send(
          "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n%s"
              .formatted(body.length(), body));
      RawClient.Answer answer = client.read();
      assertThat(answer.header("transfer-encoding")).isEmpty();
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.body()).isEqualTo("data: {\"choices\":[]}\n\ndata: [DONE]\n\n");
    }
  }

  @Test
  void aConnectionIsClosedWhenTheClientWantsIt() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      RawClient.Answer answer =
          client.send(post("/v1/chat/completions", chat("m"), "Connection: close")).read();
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
      assertThat(engine.requests.getFirst().has("connection")).isFalse();
    }
  }

  @Test
  void requestsThatWaitTheirTurnAreBoundedAndAllAnswered() throws Exception {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              Thread.sleep(2);
              call.json(200, ScriptedEngine.ANSWER);
            });
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      String request =
          post("/v1/completions", "{\"model\":\"m\",\"prompt\":\"" + "x".repeat(3000) + "\"}");
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 200; i++) {
                    client.send(request);
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      for (int i = 0; i < 200; i++) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      writer.join();
    }
  }
}
