package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.dataplane.admin.AdminServer;
import io.ergane.simulator.http.EngineSettings;
import io.ergane.simulator.http.EngineThreads;
import io.ergane.simulator.http.SimulatedEngine;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the verbs say to users who mistype, and to scripts through the exit code. */
class VerbsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int run(String... args) {
    return new CommandLineShell(Verbs.ALL, new PrintWriter(out, true), new PrintWriter(err, true))
        .run(args);
  }

  private static String[] words(String line) {
    return line.split(" ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up --prt 8081                | there is no option \"--prt\". Did you mean --port?",
        "up --prot=8081               | there is no option \"--prot\". Did you mean --port?",
        "up --port abc                | for option '--port': 'abc' is not a whole number",
        "up routes.yaml               | \"routes.yaml\" is one word too many. Name manifests with"
            + " -f.",
        "up --backend llama           | --backend 'llama' names no model; accepted is MODEL=URL",
        "up --backend llama=host:80   | found 'host:80'; accepted is http://HOST:PORT",
        "validate                     | --filename",
        "engine --flavour triton      | expected one of [VLLM, SGLANG]",
      })
  void aMistypedLineIsAnsweredShortly(String line, String answer) {
    assertThat(run(words(line))).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains(answer).contains("--help` for the options.");
    assertThat(err.toString().lines()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up --port 70000                                | --port is 70000; 0 to 65535 is accepted.",
        "up --max-in-flight 0                           | --max-in-flight is 0; 1 or more is"
            + " accepted.",
        "up --max-body-bytes 2000000000                 | --max-body-bytes is 2000000000; 1 to"
            + " 1073741824 is accepted.",
        "up --envoy=/bin/sh --max-body-bytes 2000000000 | --max-body-bytes is 2000000000; 1 to",
        "ext-proc --xds=h:1 --max-body-bytes 2000000000 | --max-body-bytes is 2000000000; 1 to",
        "control-plane -f . --max-body-bytes 2000000000 | --max-body-bytes is 2000000000; 1 to",
        "up --tls-cert c.pem                            | Give both, or neither",
        "up --enable-gateway-api=true                   | --enable-gateway-api was given",
        "up --enable-gateway-api-inference-extension    | --enable-gateway-api-inference-extension"
            + " was",
        "engine --count 0                               | --count is 0; 1 to 250 is accepted",
        "explain --admin 127.0.0.1:15000                | a URL such as http://127.0.0.1:15000",
      })
  void aValueThatCannotBeIsAnsweredWithWhatIsAccepted(String line, String answer) {
    assertThat(run(words(line))).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).startsWith("ergane: ").contains(answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up --config nowhere.yaml           | --config is nowhere.yaml, which does not exist.",
        "explain --admin http://127.0.0.1:1 | no Ergane answers at http://127.0.0.1:1. Start",
      })
  void whatIsNotThereIsNoFaultOfTheCommandLine(String line, String answer) {
    assertThat(run(words(line))).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString()).startsWith("ergane: ").contains(answer);
  }

  @Test
  void kthenasFlagsWithoutAPlaceHereAreTaken() {
    assertThat(
            run(
                words(
                    "up --enable-webhook=true --webhook-port 8443 --webhook-tls-cert-file=a"
                        + " --webhook-tls-private-key-file=b --cert-secret-name c"
                        + " --webhook-service-name d --kube-api-qps 5 --kube-api-burst=9 -v 4"
                        + " --logtostderr=true --expose-metrics-on-router-port=false"
                        + " --enable-gateway-api=false --port 70000")))
        .isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("--port is 70000").doesNotContain("no option");
  }

  @Test
  void aTakenPortIsNamedWithItsOption() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());

      assertThat(run("engine", "--host", "127.0.0.1", "--port", port)).isEqualTo(ExitCode.FAILED);
      assertThat(run(words("up --backend m=http://127.0.0.1:1 --host 127.0.0.1 --port " + port)))
          .isEqualTo(ExitCode.FAILED);
      assertThat(run(words("up --backend m=http://127.0.0.1:1 --port 0 --debug-port " + port)))
          .isEqualTo(ExitCode.FAILED);

      assertThat(err.toString().lines())
          .containsExactly(
              "ergane: engine-1 on 127.0.0.1:%s cannot listen: Address already in use. Choose another --port or --host."
                  .formatted(port),
              "ergane: the OpenAI API on 127.0.0.1:%s cannot listen: Address already in use. Choose another --port, or stop what listens there."
                  .formatted(port),
              "ergane: the admin page on port %s cannot listen: Address already in use. Choose another --debug-port, or stop what listens there."
                  .formatted(port));
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNotBlamedOnThePort() {
    assertThat(run("up", "--backend", "m=http://127.0.0.1:1", "--host", "192.0.2.1", "--port", "0"))
        .isEqualTo(ExitCode.FAILED);

    assertThat(err.toString())
        .contains("192.0.2.1", "This machine has no such address; name one that it has.")
        .doesNotContain("Choose another --port");
  }

  @Test
  void anOptionOfSeveralValuesIsShownOnceInTheHelp() {
    assertThat(run("control-plane", "--help")).isEqualTo(ExitCode.OK);

    assertThat(out.toString())
        .contains("--ext-proc=HOST:PORT[,HOST:PORT...]", "--webhook-name=HOST[,HOST...]");
  }

  @Test
  void portsThatAnotherGatewayHasAreNamedAllAtOnce() throws IOException {
    try (ServerSocket api = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket metrics = new ServerSocket(0)) {
      assertThat(
              run(
                  words(
                      "up --host 127.0.0.1 --port %d --debug-port 0 --metrics-port %d"
                          .formatted(api.getLocalPort(), metrics.getLocalPort()))))
          .isEqualTo(ExitCode.FAILED);

      assertThat(err.toString().strip())
          .isEqualTo(
              "ergane: ports %d (OpenAI API) and %d (metrics page) are taken; another Ergane seems to run. Stop it, or choose others with --port and --metrics-port; 0 is any free one."
                  .formatted(api.getLocalPort(), metrics.getLocalPort()));
    }
  }

  @Test
  void explainOfAPortThatIsNotTheAdminPortSaysSo() {
    EventLoopGroup threads = EngineThreads.start(1);
    EngineSettings settings = EngineSettings.vllm("engine", "m").withAddress("127.0.0.1", 0);
    try (SimulatedEngine engine = SimulatedEngine.start(settings, threads)) {
      String url = "http://127.0.0.1:" + URI.create(engine.url()).getPort();
      assertThat(run("explain", "--admin", url)).isEqualTo(ExitCode.FAILED);
      assertThat(err.toString()).contains(url + " is not the admin port of an Ergane.");
    } finally {
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    }
  }

  @Test
  void explainOfAProcessThatDecidesNothingSaysWhomToAsk() throws IOException {
    try (AdminServer controlPlane =
        new AdminServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Map.of())) {
      String url = "http://127.0.0.1:" + controlPlane.port();
      assertThat(run("explain", "--admin", url)).isEqualTo(ExitCode.FAILED);
      assertThat(err.toString())
          .contains(url + " is an Ergane without decisions", "`ergane ext-proc`")
          .doesNotContain("no such page");
    }
  }

  @Test
  void validateFailsForErrorsAndWarningsAndCountsThem() throws IOException {
    String sound = new String(QuickstartFile.shipped(), StandardCharsets.UTF_8);

    assertThat(validate(sound)).isZero();
    assertThat(out.toString()).isEqualTo("8 objects checked: 0 errors, 0 warnings\n");

    assertThat(validate(sound.replaceFirst("modelServerName", "modelServerNam")))
        .isEqualTo(ExitCode.FAILED);
    assertThat(out.toString()).contains("Did you mean \"modelServerName\"?");

    assertThat(validate(sound.replace("exact: premium", "regex: ("))).isEqualTo(ExitCode.FAILED);
    assertThat(out.toString()).contains("missing closing )", "1 error, 0 warnings");

    assertThat(validate(sound.replace("modelServerName: deepseek", "modelServerName: depseek")))
        .isEqualTo(ExitCode.FAILED);
    assertThat(out.toString()).contains("default/depseek does not exist", "0 errors, 2 warnings");
  }

  private int validate(String manifests) throws IOException {
    out.getBuffer().setLength(0);
    Path file = Files.writeString(folder.resolve("routes.yaml"), manifests);
    return run("validate", "-f", file.toString());
  }
}
