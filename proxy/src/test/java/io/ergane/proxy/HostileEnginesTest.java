package io.ergane.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines that answer against the protocol. */
class HostileEnginesTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

  @Test
  void aFailureThatNeverEndsDoesNotHoldItsConnection() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    try (ScriptedEngine endless =
            new ScriptedEngine(call -> {
              call.send("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nx");
              closed.set(call.awaitClose(10));
            });
        ScriptedEngine sound = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(endless, sound).start()) {
      assertThat(proxy.chat().status()).isEqualTo(200);
      await().atMost(Duration.ofSeconds(8)).untilTrue(closed);
    }
  }

  @Test
  void interimAnswersWithoutEndAreAFailure() throws IOException {
    try (ScriptedEngine endless =
            new ScriptedEngine(call -> {
              for (int i = 0; i < 1_000_000; i++) {
                call.send("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20));
              }
            });
        ScriptedEngine sound = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(endless, sound).start()) {
      assertThat(proxy.chat().status()).isEqualTo(200);
      assertThat(sound.requests).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"
      })
  void aBodyThatIsNoneBeforeAnyByteReachedTheClientMakesAnError(String rest) throws IOException {
    try (ScriptedEngine engine = new ScriptedEngine(call -> call.send(OK + rest));
        Fixture proxy = Fixture.with(engine).start()) {
      RawClient.Answer answer = proxy.chat();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("request to all pods failed");
      assertThat(engine.requests).hasSize(1);
      proxy.assertQuiet();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
        "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "Connection: close\r\nContent-Length: 2\r\n\r\nok"
      })
  void anAnswerOfDoubtfulLengthIsTheLastOnItsConnection(String rest) throws IOException {
    try (ScriptedEngine engine = new ScriptedEngine(call -> call.send(OK + rest));
        Fixture proxy = Fixture.with(engine).start()) {
      for (int i = 1; i <= 3; i++) {
        assertThat(proxy.chat().body()).isEqualTo("ok");
        assertThat(engine.connections.get()).isEqualTo(i);
      }
    }
  }

  @Test
  void twoTransferEncodingsAreNoAnswer() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine(call ->
                call.send(
                    OK
                        + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
        Fixture proxy = Fixture.with(engine).start()) {
      assertThat(proxy.chat().status()).isEqualTo(503);
    }
  }

  @Test
  void anEngineThatDiesWithinTheHeadOnAKeptConnectionIsBlamed() throws IOException {
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start()) {
      assertThat(proxy.chat().status()).isEqualTo(200);
      engine.script(call -> call.send("HTTP/1.1 200 OK\r\nConte").close());
      assertThat(proxy.chat().status()).isEqualTo(503);
      assertThat(engine.requests).hasSize(2);
    }
  }
}
