package io.ergane.proxy;

import static io.ergane.proxy.RawClient.post;
import static io.ergane.proxy.RawClient.streamedChat;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.dataplane.telemetry.RequestRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a client gets does not depend on how the engine's bytes were cut and framed. */
class RelayLawsTest {
  private static final String SHOWN =
      """
      data: {"choices":[{"delta":{"content":"a"}}]}

      : comment

      data: {"choices":[{"delta":{"content":"\\"usage\\": not here"}}]}

      """;
  private static final String WITHHELD =
      """
      data: {"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":22,"total_tokens":33}}

      """;
  private static final String LAST = "data: [DONE]\n\n";
  private static final int ROUNDS = 60;

  /** Chunks of random sizes, with an extension now and then. */
  private static String chunked(String text, Random random) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      int to = Math.min(text.length(), at + 1 + random.nextInt(80));
      out.append(Integer.toHexString(to - at)).append(random.nextInt(20) == 0 ? ";x=y" : "");
      out.append("\r\n").append(text, at, to).append("\r\n");
      at = to;
    }
    return out.append(random.nextInt(10) == 0 ? "0\r\nT: t\r\n\r\n" : "0\r\n\r\n").toString();
  }

  private static void sendCut(ScriptedEngine.Call call, String text, Random random)
      throws IOException, InterruptedException {
    for (int at = 0; at < text.length(); ) {
      int to = Math.min(text.length(), at + 1 + random.nextInt(150));
      call.send(text.substring(at, to));
      at = to;
      Thread.sleep(1);
    }
  }

  @Test
  void aStreamIsTheSameHoweverItIsCut() throws IOException {
    Random random = new Random(11);
    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n";
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              String text = SHOWN + WITHHELD + LAST;
              switch (random.nextInt(3)) {
                case 0 ->
                    sendCut(
                        call,
                        head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(text, random),
                        random);
                case 1 ->
                    sendCut(
                        call,
                        head + "Content-Length: " + text.length() + "\r\n\r\n" + text,
                        random);
                default -> {
                  sendCut(call, head + "\r\n" + text, random);
                  call.close();
                }
              }
            });
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      for (int i = 0; i < ROUNDS; i++) {
        RawClient.Answer answer =
            client.send(post("/v1/chat/completions", streamedChat("m"))).read();
        assertThat(answer.complete()).isTrue();
        assertThat(answer.body()).isEqualTo(SHOWN + LAST);
      }
      proxy.assertQuiet();
      for (RequestRecord record : proxy.telemetry.ended) {
        assertThat(record.inputTokens).isEqualTo(11);
        assertThat(record.outputTokens).isEqualTo(22);
      }
    }
  }

  @Test
  void aPlainAnswerIsTheSameHoweverItIsCut() throws IOException {
    Random random = new Random(12);
    byte[] filler = new byte[3000];
    random.nextBytes(filler);
    String text =
        "{\"x\":\""
            + java.util.HexFormat.of().formatHex(filler)
            + "\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6,\"total_tokens\":11}}";
    String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    try (ScriptedEngine engine =
            new ScriptedEngine(call -> {
              if (random.nextBoolean()) {
                call.send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(text, random));
              } else {
                sendCut(
                    call, head + "Content-Length: " + text.length() + "\r\n\r\n" + text, random);
              }
            });
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      for (int i = 0; i < 20; i++) {
        RawClient.Answer answer = client.send(post("/v1/completions", streamedChat("m"))).read();
        assertThat(answer.complete()).isTrue();
        assertThat(answer.body()).isEqualTo(text);
      }
      proxy.assertQuiet();
      assertThat(proxy.telemetry.ended).allMatch(record -> record.outputTokens == 6);
    }
  }

  @Test
  void aRequestIsTheSameHoweverItIsCut() throws IOException, InterruptedException {
    Random random = new Random(13);
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"grüß dich\"}],\"stream\":true,\"model\":\"m\",\"x\":[1]}";
    String edited =
        body.replace("\"m\"", "\"served\"")
            .replace("true", "true,\"stream_options\":{\"include_usage\":true}");
    try (ScriptedEngine engine = ScriptedEngine.answering();
        Fixture proxy = Fixture.with(engine).start();
        RawClient client = proxy.client()) {
      for (int i = 0; i < ROUNDS; i++) {
        byte[] request = post("/v1/chat/completions", body).getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < request.length; ) {
          int to = Math.min(request.length, at + 1 + random.nextInt(90));
          client.send(java.util.Arrays.copyOfRange(request, at, to));
          at = to;
          Thread.sleep(1);
        }
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(engine.requests.get(i).text()).isEqualTo(edited);
      }
    }
  }
}
