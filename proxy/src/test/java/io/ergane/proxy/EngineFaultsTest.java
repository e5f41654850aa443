package io.ergane.proxy;

import static io.ergane.proxy.RawClient.chat;
import static io.ergane.proxy.RawClient.post;
import static io.ergane.proxy.RawClient.streamedChat;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.schedule.HealthPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Engines that fail, in every way and at every point. */
class EngineFaultsTest {
  private static final TrafficPolicy IMPATIENT = new TrafficPolicy(1_000, 5, 0);
  private static final HealthPolicy NEVER_EJECTS =
      new HealthPolicy(1_000_000, 1_000_000, 1_000_000, 0);

  private static void failsOverFrom(ScriptedEngine.Script fault) throws IOException {
    try (ScriptedEngine bad = new ScriptedEngine(fault);
        ScriptedEngine good = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(bad, good).traffic(IMPATIENT).health(NEVER_EJECTS).start()) {
      for (int i = 0; i < 4; i++) {
        assertThat(proxy.chat().status()).isEqualTo(200);
      }
      assertThat(bad.requests).isNotEmpty();
      proxy.assertQuiet();
      assertThat(proxy.telemetry.ended).anyMatch(record -> record.attempts == 2);
    }
  }

  @Test
  void aResetBeforeTheHeadIsTriedElsewhere() throws IOException {
    failsOverFrom(ScriptedEngine.Call::reset);
  }

  @Test
  void aCloseBeforeTheHeadIsTriedElsewhere() throws IOException {
    failsOverFrom(ScriptedEngine.Call::close);
  }

  @Test
  void aCloseWithinTheHeadIsTriedElsewhere() throws IOException {
    failsOverFrom(call -> call.send("HTTP/1.1 200 OK\r\nContent-Ty").close());
  }

  @Test
  void anEndAfterTheHeadAndBeforeTheBodyIsTriedElsewhere() throws IOException {
    failsOverFrom(call -> {
      call.streamHead();
      Thread.sleep(50);
      call.reset();
    });
    failsOverFrom(call -> call.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").close());
  }

  @Test
  void garbageIsTriedElsewhere() throws IOException {
    failsOverFrom(call -> call.send("SSH-2.0-OpenSSH_9.6\r\n\r\n"));
  }

  @Test
  void anEndlessHeadIsTriedElsewhere() throws IOException {
    failsOverFrom(call -> call.send("HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(20_000)));
  }

  @Test
  void aServerErrorIsTriedElsewhere() throws IOException {
    failsOverFrom(call -> call.json(500, "{}"));
    failsOverFrom(call -> call.json(502, "x".repeat(100_000)));
  }

  @Test
  void anEngineThatStallsBeforeItsHeadIsTimedOutAndItsConnectionClosed() throws IOException {
    try (ScriptedEngine bad = new ScriptedEngine(call -> call.awaitClose(10));
        ScriptedEngine good = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(bad, good).traffic(IMPATIENT).start()) {
      for (int i = 0; i < 2; i++) {
        assertThat(proxy.chat().status()).isEqualTo(200);
      }
      proxy.assertQuiet();
      assertThat(proxy.telemetry.ended).anyMatch(record -> record.attempts == 2);
    }
  }

  @Test
  void whenEveryAttemptTimesOutTheClientLearnsIt() throws IOException {
    try (ScriptedEngine bad = new ScriptedEngine(call -> call.awaitClose(10));
        Fixture proxy = Fixture.with(bad).traffic(IMPATIENT).start()) {
      RawClient.Answer answer = proxy.chat();

      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("request to all pods failed", "1000 ms");
    }
  }

  @Test
  void whenAllEnginesAreDeadTheAnswerSaysSoAndServiceResumesWhenTheyReturn() throws IOException {
    try (ScriptedEngine one = ScriptedEngine.answering();
        ScriptedEngine two = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(one, two).start()) {
      assertThat(proxy.chat().status()).isEqualTo(200);
      one.die();
      two.die();
      for (int i = 0; i < 10; i++) {
        RawClient.Answer answer = proxy.chat();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body())
            .contains("request to all pods failed", "refused")
            .doesNotContain("127.0.0.1");
        assertThat(answer.header("retry-after")).isEqualTo("1");
      }
      proxy.assertQuiet();
      assertThat(proxy.telemetry.ended.stream().mapToInt(record -> record.ejections).sum())
          .isGreaterThan(0);
      one.revive();
      two.revive();

      assertThat(proxy.chat().status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerOfTheClientsMakingPassesUnchangedAtOnce() throws IOException {
    String body = "{\"error\":{\"message\":\"max_tokens is too large\"}}";
    try (ScriptedEngine one = new ScriptedEngine(call -> call.json(400, body));
        ScriptedEngine two = new ScriptedEngine(call -> call.json(400, body));
        Fixture proxy = Fixture.with(one, two).start()) {
      RawClient.Answer answer = proxy.chat();

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(one.requests.size() + two.requests.size()).isEqualTo(1);
    }
  }

  @Test
  void aBusyEngineIsLeftOnceAndThenItsAnswerStands() throws IOException {
    ScriptedEngine.Script busy =
        call ->
            call.send("HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy");
    try (ScriptedEngine one = new ScriptedEngine(busy);
        ScriptedEngine two = new ScriptedEngine(busy);
        ScriptedEngine three = new ScriptedEngine(busy);
        Fixture proxy = Fixture.with(one, two, three).start()) {
      RawClient.Answer answer = proxy.chat();

      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.header("retry-after")).isEqualTo("7");
      assertThat(answer.body()).isEqualTo("busy");
      assertThat(one.requests.size() + two.requests.size() + three.requests.size()).isEqualTo(2);
      proxy.assertQuiet();
      assertThat(proxy.telemetry.last().ejections).isZero();
    }
  }

  @Test
  void aBusyEngineIsReplacedByAFreeOne() throws IOException {
    try (ScriptedEngine busy = new ScriptedEngine(call -> call.json(503, "{}"));
        ScriptedEngine free = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(busy, free).start()) {
      for (int i = 0; i < 6; i++) {
        assertThat(proxy.chat().status()).isEqualTo(200);
      }
      assertThat(busy.requests).isNotEmpty();
    }
  }

  @Test
  void aBusyEngineAndADeadOneMakeABusyAnswerWithRetryAfter() throws IOException {
    try (ScriptedEngine busy =
            new ScriptedEngine(call ->
                call.send("HTTP/1.1 429 x\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n"));
        ScriptedEngine dead = new ScriptedEngine(ScriptedEngine.Call::reset);
        Fixture proxy = Fixture.with(busy, dead).health(NEVER_EJECTS).start()) {
      Set<Integer> statuses = new java.util.TreeSet<>();
      for (int i = 0; i < 2; i++) {
        RawClient.Answer answer = proxy.chat();
        statuses.add(answer.status());
        assertThat(answer.header("retry-after")).isEqualTo("9");
      }
      assertThat(statuses).containsExactly(429);
    }
  }

  @Test
  void anAdapterIsLookedForOnOtherEngines() throws IOException {
    ScriptedEngine.Script lacks =
        call -> call.json(404, "{\"error\":{\"message\":\"The model `lora` does not exist.\"}}");
    try (ScriptedEngine one = new ScriptedEngine(lacks);
        ScriptedEngine two = new ScriptedEngine(lacks);
        ScriptedEngine three = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(one, two, three).start()) {
      for (int i = 0; i < 6; i++) {
        RawClient.Answer answer = proxy.ask(post("/v1/chat/completions", chat("lora")));
        assertThat(answer.status()).isEqualTo(200);
      }
      assertThat(three.requests.getFirst().text()).contains("\"lora\"");
      three.script(lacks);
      assertThat(proxy.ask(post("/v1/chat/completions", chat("lora"))).status()).isEqualTo(404);
    }
  }

  @Test
  void aModelThatIsNotAnAdapterKeepsItsNotFound() throws IOException {
    try (ScriptedEngine one = new ScriptedEngine(call -> call.json(404, "{}"));
        ScriptedEngine two = new ScriptedEngine(call -> call.json(404, "{}"));
        Fixture proxy = Fixture.with(one, two).start()) {
      assertThat(proxy.chat().status()).isEqualTo(404);
      assertThat(one.requests.size() + two.requests.size()).isEqualTo(1);
    }
  }

  @Test
  void aStreamThatBreaksOffEndsWithAnErrorEvent() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead().event("{\"choices\":[{\"text\":\"a\"}]}");
              Thread.sleep(50);
              call.reset();
            });
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.ask(post("/v1/chat/completions", streamedChat("m")));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).startsWith("data: {\"choices\"");
      assertThat(answer.body()).containsOnlyOnce("\n\ndata: {\"error\"").endsWith("}}\n\n");
      proxy.assertQuiet();
      assertThat(proxy.telemetry.last().errorType).isEqualTo("proxy");
      assertThat(engine.requests).hasSize(1);
    }
  }

  @Test
  void aStreamThatBreaksOffWithinAnEventStillEndsWithAReadableOne() throws IOException {
    String body =
        "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"prompt\":\"x\"}";
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead().chunk("data: {\"choi");
              Thread.sleep(50);
              call.close();
            });
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.ask(post("/v1/completions", body));

      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).contains("\n\ndata: {\"error\"");
    }
  }

  @Test
  void anAnthropicStreamBreaksOffWithItsOwnErrorEvent() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead().chunk("event: message_start\ndata: {}\n\n");
              Thread.sleep(50);
              call.reset();
            });
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.ask(post("/v1/messages", streamedChat("m")));

      assertThat(answer.body()).contains("event: error\ndata: {\"type\":\"error\"");
    }
  }

  @Test
  void aStreamThatIsCutAfterItsLastWordIsNoFailure() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead().event("{\"choices\":[{\"text\":\"a\"}]}").event("[DONE]");
              Thread.sleep(50);
              call.reset();
            });
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.ask(post("/v1/chat/completions", streamedChat("m")));

      assertThat(answer.complete()).isTrue();
      assertThat(answer.body()).endsWith("data: [DONE]\n\n");
      proxy.assertQuiet();
      assertThat(proxy.telemetry.last().errorType).isNull();
    }
  }

  @Test
  void aPlainAnswerThatBreaksOffIsCutAndNeverFollowedByAnother() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                  .send("Content-Length: 1000\r\n\r\n{\"a\":");
              Thread.sleep(50);
              call.reset();
            });
        ScriptedEngine other = new ScriptedEngine(ScriptedEngine.Call::reset);
        Fixture proxy = Fixture.with(engine, other).health(NEVER_EJECTS).start()) {
      RawClient.Answer answer = proxy.chat();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.complete()).isFalse();
      assertThat(answer.body()).isEqualTo("{\"a\":");
    }
  }

  @Test
  void anEngineThatFallsSilentWithinItsStreamIsGivenUp() throws IOException {
    ProxySettings.Timeouts usual = ProxySettings.Timeouts.DEFAULT;
    ProxySettings.Timeouts impatient =
        new ProxySettings.Timeouts(
            usual.header(),
            usual.bodyStall(),
            usual.idle(),
            usual.writeStall(),
            Duration.ofMillis(300),
            usual.lameDuck(),
            usual.drain());
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.streamHead().event("{\"choices\":[{\"text\":\"a\"}]}");
              call.awaitClose(10);
            });
        Fixture proxy =
            Fixture.with(engine).settings(ProxySettings.DEFAULT.withTimeouts(impatient)).start()) {
      RawClient.Answer answer = proxy.ask(post("/v1/chat/completions", streamedChat("m")));

      assertThat(answer.body()).contains("it sent nothing for").endsWith("}}\n\n");
    }
  }

  @Test
  void aConnectionThatTheEngineClosedInItsIdleTimeIsReplacedWithoutBlame() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              call.json(200, ScriptedEngine.ANSWER);
            });
        Fixture proxy = Fixture.with(engine).start()) {
      assertThat(proxy.chat().status()).isEqualTo(200);
      engine.script(call -> {
        if (call.request.connection() == 1) {
          call.close();
        } else {
          call.json(200, ScriptedEngine.ANSWER);
        }
      });

      assertThat(proxy.chat().status()).isEqualTo(200);
      proxy.assertQuiet();
      assertThat(proxy.telemetry.last().attempts).isEqualTo(1);
    }
  }

  @Test
  void interimAnswersAreSkipped() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call ->
                call.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
                    .json(200, ScriptedEngine.ANSWER));
        Fixture proxy = Fixture.with(engine).start()) {
      assertThat(proxy.chat().body()).isEqualTo(ScriptedEngine.ANSWER);
    }
  }

  @Test
  void anAnswerWithoutLengthIsFramedAnew() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(
                call -> call.send("HTTP/1.1 200 OK\r\nX: y\r\n\r\nuntil the end").close());
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.chat();

      assertThat(answer.complete()).isTrue();
      assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(answer.body()).isEqualTo("until the end");
    }
  }

  @Test
  void theRetryIntervalIsKept() throws IOException {
    try (ScriptedEngine one = new ScriptedEngine(ScriptedEngine.Call::reset);
        ScriptedEngine two = new ScriptedEngine(ScriptedEngine.Call::reset);
        ScriptedEngine three = new ScriptedEngine(ScriptedEngine.Call::reset);
        Fixture proxy =
            Fixture.with(one, two, three).traffic(new TrafficPolicy(0, 2, 200)).start()) {
      long start = System.nanoTime();
      assertThat(proxy.chat().status()).isEqualTo(503);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(190));
      assertThat(one.requests.size() + two.requests.size() + three.requests.size()).isEqualTo(2);
    }
  }
}
