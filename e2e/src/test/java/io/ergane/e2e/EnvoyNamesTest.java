package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines that the command line names as people do, behind a real Envoy. */
@NeedsPart(Part.ENVOY)
final class EnvoyNamesTest {
  private static final String MODEL = "qwen";
  private static final int REQUESTS = 10;

  @TempDir Path folder;

  private final EventLoopGroup threads = EngineThreads.start(1);
  private final Web web = new Web();
  private SimulatedEngine engine;

  @BeforeEach
  void startEngine() {
    engine =
        SimulatedEngine.start(
            EngineSettings.vllm("here", MODEL).withModel(Gateway.QUICK).withAddress("127.0.0.1", 0),
            threads);
  }

  @AfterEach
  void stop() {
    web.close();
    engine.close();
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }

  private String named() {
    return engine.url().replace("127.0.0.1", "localhost");
  }

  private CommandLine up(String engines) throws IOException {
    return CommandLine.upWithEnvoy(folder, MODEL + "=" + engines);
  }

  private HttpResponse<String> chat(CommandLine up, String prompt) throws Exception {
    HttpResponse<String> answer =
        web.post(up.awaitUrl() + "/v1/chat/completions", Chats.body(MODEL, prompt));
    assertThat(answer.statusCode()).as("%s %s", answer.body(), up).isEqualTo(200);
    return answer;
  }

  private JsonNode page(CommandLine up, String path) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(web.get(up.awaitAdmin() + path).body());
  }

  @Test
  void anEngineOnLocalhostIsServedAndKeepsItsName() throws Exception {
    try (CommandLine up = up(named())) {
      HttpResponse<String> answer = chat(up, "hello");

      JsonNode row = page(up, "/debug/endpoints").at("/endpoints/0");
      assertThat(row.path("address").asText()).isEqualTo(named().substring("http://".length()));
      assertThat(row.path("found").asText()).isEqualTo("127.0.0.1");
      String id = answer.headers().firstValue("x-request-id").orElseThrow();
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> {
            JsonNode decision = page(up, "/debug/decisions/" + id);
            assertThat(decision.path("status").asInt()).isEqualTo(200);
            assertThat(decision.path("pod").asText()).isEqualTo("default/backend-0-qwen-0");
            assertThat(page(up, "/debug/endpoints").at("/endpoints/0/inFlight").asInt()).isZero();
          });
    }
  }

  @Test
  void anEngineWhoseNameIsNotFoundIsNamedAndTheOtherOneServes() throws Exception {
    try (CommandLine up = up("http://no-such-engine.invalid:8000," + named())) {
      for (int i = 0; i < REQUESTS; i++) {
        chat(up, "hello " + i);
      }

      up.awaitErr("Engine host 'no-such-engine.invalid' is not found");
      assertThat(page(up, "/debug/diagnostics").toString())
          .contains("endpoint-without-address", "'no-such-engine.invalid'");
    }
  }
}
