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

  private CommandLine up(String backend) throws IOException {
    return CommandLine.start(
        folder,
        "up",
        "--envoy=" + Part.ENVOY.locate().orElseThrow(),
        "--host=127.0.0.1",
        "--port=0",
        "--debug-port=0",
        "--metrics-port=0",
        "--xds-port=0",
        "--ext-proc-port=0",
        "--backend=" + backend);
  }

  private JsonNode page(String admin, String path) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(web.get(admin + path).body());
  }

  @Test
  void anEngineOnLocalhostIsServedAndKeepsItsName() throws Exception {
    try (CommandLine up = up(MODEL + "=" + named())) {
      String url = up.awaitErr("OpenAI API +(http://\\S+)/v1");
      String admin = up.awaitErr("admin +(http://\\S+)");
      up.awaitErr("Ctrl-C drains");

      HttpResponse<String> answer =
          web.post(url + "/v1/chat/completions", Chats.body(MODEL, "hello"));

      assertThat(answer.statusCode()).as("%s %s", answer.body(), up).isEqualTo(200);
      JsonNode row = page(admin, "/debug/endpoints").at("/endpoints/0");
      assertThat(row.path("address").asText()).isEqualTo(named().substring("http://".length()));
      assertThat(row.path("found").asText()).isEqualTo("127.0.0.1");
      String id = answer.headers().firstValue("x-request-id").orElseThrow();
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() -> {
            JsonNode decision = page(admin, "/debug/decisions/" + id);
            assertThat(decision.path("status").asInt()).isEqualTo(200);
            assertThat(decision.path("pod").asText()).isEqualTo("default/backend-0-qwen-0");
            assertThat(page(admin, "/debug/endpoints").at("/endpoints/0/inFlight").asInt())
                .isZero();
          });
    }
  }

  @Test
  void anEngineWhoseNameIsNotFoundIsNamedAndTheOtherOneServes() throws Exception {
    try (CommandLine up = up(MODEL + "=http://no-such-engine.invalid:8000," + named())) {
      String url = up.awaitErr("OpenAI API +(http://\\S+)/v1");
      String admin = up.awaitErr("admin +(http://\\S+)");
      up.awaitErr("Ctrl-C drains");

      for (int i = 0; i < REQUESTS; i++) {
        HttpResponse<String> answer =
            web.post(url + "/v1/chat/completions", Chats.body(MODEL, "hello " + i));
        assertThat(answer.statusCode()).as("%s %s", answer.body(), up).isEqualTo(200);
      }

      up.awaitErr("Engine host 'no-such-engine.invalid' is not found");
      assertThat(page(admin, "/debug/diagnostics").toString())
          .contains("endpoint-without-address", "'no-such-engine.invalid'");
    }
  }
}
