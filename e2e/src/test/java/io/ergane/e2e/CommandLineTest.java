package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The {@code ergane} command as a process of its own. */
@TestInstance(Lifecycle.PER_CLASS)
final class CommandLineTest {
  private static final String MODEL = "vendor/model";
  private static final String[] PORTS = {
    "--host=127.0.0.1", "--port=0", "--debug-port=0", "--metrics-port=0"
  };

  /** What a JVM returns that a SIGTERM ended: 128 + 15. */
  private static final int TERMINATED = 143;

  private static final int INTERRUPTED = 130;

  private EventLoopGroup threads;
  private SimulatedEngine engine;
  private Web web;
  private Path folder;

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    web = new Web();
    threads = EngineThreads.start(1);
    engine =
        SimulatedEngine.start(
            EngineSettings.vllm("engine", MODEL).withAddress("127.0.3.100", 0), threads);
  }

  @AfterAll
  void stop() {
    web.close();
    engine.close();
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
  }

  @Test
  void validateAcceptsWhatIsRightAndPointsAtWhatIsWrong() throws Exception {
    String all =
        Manifests.all(
            Manifests.server("s", MODEL),
            Manifests.route("chat", "s"),
            Manifests.pod("s-1", "s", engine.url()));
    Path good = Files.writeString(folder.resolve("good.yaml"), all);
    String typo = Manifests.route("chat", "s").replace("    targetModels:", "    targetModel:");
    Path bad = Files.writeString(folder.resolve("bad.yaml"), typo);
    try (CommandLine right = CommandLine.start(folder, "validate", "-f", good.toString());
        CommandLine wrong = CommandLine.start(folder, "validate", "-f", bad.toString())) {
      assertThat(right.exitCode()).as("%s", right).isZero();
      assertThat(right.out()).contains("0 errors");

      assertThat(wrong.exitCode()).as("%s", wrong).isEqualTo(1);
      assertThat(wrong.out()).contains(bad + ":9", "targetModel", "Did you mean");
    }
  }

  @Test
  void upRefusesUnknownOptionsAndFilesThatAreNotThere() throws Exception {
    Path missing = folder.resolve("missing.yaml");
    try (CommandLine option = CommandLine.start(folder, "up", "--prot=1");
        CommandLine backend = CommandLine.start(folder, "up", "--backend", "no-url");
        CommandLine configuration =
            CommandLine.start(folder, "up", "--backend=" + backend(), "--config=" + missing)) {
      assertThat(option.exitCode()).as("%s", option).isEqualTo(2);
      assertThat(option.err()).contains("--prot", "--port");

      assertThat(backend.exitCode()).as("%s", backend).isEqualTo(2);
      assertThat(backend.err()).contains("no-url", "MODEL=URL").doesNotContain("defect");

      assertThat(configuration.exitCode()).as("%s", configuration).isEqualTo(1);
      assertThat(configuration.err()).contains("missing.yaml", "does not exist");
    }
  }

  @Test
  void upRefusesAConfigurationThatAsksForAuthentication() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("auth.yaml"),
            """
            scheduler:
              plugins:
                Score:
                  enabled:
                    - name: random
                      weight: 1
            auth:
              issuer: "https://issuer.example.com"
              audiences: ["ergane"]
              jwksUri: "https://issuer.example.com/keys"
            """);
    try (CommandLine up = up("--backend=" + backend(), "--config=" + file)) {
      assertThat(up.exitCode()).as("%s", up).isEqualTo(1);
      assertThat(up.err()).contains("auth.yaml", "auth block", "must not pass unchecked");
    }
  }

  @Test
  void aBackendIsServedItsDecisionsExplainedAndSigtermLetsAStreamEnd() throws Exception {
    // So long that a busy machine sees what it answers meanwhile.
    Map<String, String> lameDuck = Map.of("ERGANE_LAME_DUCK", "4s");
    try (CommandLine up =
        CommandLine.start(folder, lameDuck, upArguments("--backend=" + backend()))) {
      String url = up.awaitUrl();
      String admin = up.awaitAdmin();

      HttpResponse<String> answer =
          web.post(url + "/v1/chat/completions", Chats.body(MODEL, "hello"));
      assertThat(Burst.engineOf(answer)).isEqualTo("engine");
      explains(admin, answer.headers().firstValue("x-request-id").orElseThrow());

      drains(up, url);
    }
  }

  private void explains(String admin, String id) throws Exception {
    try (CommandLine explain = CommandLine.start(folder, "explain", id, "--admin", admin)) {
      assertThat(explain.exitCode()).as("%s", explain).isZero();
      assertThat(explain.out())
          .contains("request   " + id, "rank", "endpoint", "least-request", "prefix-cache")
          .contains("answer    200");
    }
  }

  /** A stream of about five seconds is running when the signal comes. */
  private void drains(CommandLine up, String url) throws Exception {
    HttpResponse<InputStream> stream =
        web.open(
            url + "/v1/chat/completions",
            Chats.streamed(MODEL, "a story", 50),
            "x-sim-ttft-ms",
            "1",
            "x-sim-itl-ms",
            "100",
            "x-sim-tokens",
            "50");
    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(web.get(url + "/readyz").statusCode()).isEqualTo(200);

    up.terminate();

    up.awaitErr("stopping, when 1 ");
    await()
        .atMost(Gateway.PATIENCE)
        .untilAsserted(
            () -> assertThat(web.get(url + "/readyz").statusCode()).as("readiness").isEqualTo(503));
    try (InputStream body = stream.body()) {
      String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(text).contains("data: [DONE]").doesNotContain("\"error\"");
      assertThat(text.split("\"content\":\"", -1)).hasSizeGreaterThan(50);
    }
    assertThat(up.exitCode()).as("%s", up).isEqualTo(TERMINATED);
    assertThat(up.err()).contains("Drained: no request is left.");
  }

  @Test
  void anAddressThatIsTakenIsNamedWithARemedy() throws Exception {
    String port = String.valueOf(engine.address().getPort());
    try (CommandLine second =
            CommandLine.start(folder, "engine", "--host=127.0.3.100", "--port=" + port);
        CommandLine up =
            CommandLine.start(
                folder,
                "up",
                "--backend=" + backend(),
                "--host=127.0.3.100",
                "--port=" + port,
                "--debug-port=0",
                "--metrics-port=0")) {
      assertThat(second.exitCode()).as("%s", second).isEqualTo(1);
      assertThat(second.err())
          .contains("127.0.3.100:" + port, "Choose another --port")
          .doesNotContain("defect");

      assertThat(up.exitCode()).as("%s", up).isEqualTo(1);
      assertThat(up.err()).contains("127.0.3.100:" + port, "--port").doesNotContain("defect");
    }
  }

  @Test
  void withoutArgumentsItServesTheExamplesThatItPrints() throws Exception {
    try (CommandLine up = up()) {
      String url = up.awaitUrl();

      assertThat(up.err()).contains("curl -iN " + url, "sql-expert", "assistant");
      assertThat(web.post(url + "/v1/chat/completions", Chats.body("chat", "hello")).statusCode())
          .isEqualTo(200);
      HttpResponse<String> premium =
          web.post(
              url + "/v1/chat/completions",
              Chats.body("assistant", "hello"),
              "user-type",
              "premium");
      assertThat(premium.body()).contains("DeepSeek");
      HttpResponse<String> adapter =
          web.post(url + "/v1/chat/completions", Chats.body("sql-expert", "hello"));
      assertThat(Burst.engineOf(adapter)).isEqualTo("engine-2");

      up.interrupt();
      up.awaitErr("ergane: stopping");
      assertThat(up.exitCode()).as("%s", up).isEqualTo(INTERRUPTED);
    }
  }

  private String backend() {
    return MODEL + "=" + engine.url();
  }

  private CommandLine up(String... more) throws IOException {
    return CommandLine.start(folder, upArguments(more));
  }

  private static String[] upArguments(String... more) {
    String[] arguments = new String[1 + PORTS.length + more.length];
    arguments[0] = "up";
    System.arraycopy(PORTS, 0, arguments, 1, PORTS.length);
    System.arraycopy(more, 0, arguments, 1 + PORTS.length, more.length);
    return arguments;
  }
}
