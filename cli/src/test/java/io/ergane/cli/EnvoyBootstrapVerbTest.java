package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.testkit.Certificates;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an Envoy is started with. */
class EnvoyBootstrapVerbTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int run(String... args) {
    return new CommandLineShell(Verbs.ALL, new PrintWriter(out, true), new PrintWriter(err, true))
        .run(args);
  }

  @Test
  void theVerbPrintsNodeAndControlPlaneAndNothingElse() {
    assertThat(run("envoy-bootstrap", "--xds", "control-plane:18000", "--node-id", "a \"b\"\n"))
        .isZero();

    assertThat(out.toString())
        .contains("node: {id: \"a \\\"b\\\"\\u000a\", cluster: \"ergane\"}")
        .contains("address: \"control-plane\", port_value: 18000", "api_type: DELTA_GRPC")
        .contains("port_value: 9901")
        .doesNotContain("transport_socket");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void withoutANameTheNodeIsCalledByItsHost() {
    assertThat(run("envoy-bootstrap", "--xds", "[::1]:18000")).isZero();

    assertThat(out.toString()).contains("id: \"envoy").contains("address: \"::1\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "envoy-bootstrap                       | --xds=HOST:PORT",
        "envoy-bootstrap --xds here            | accepted is HOST:PORT, such as control-plane:18000",
        "proxy                                 | --xds=HOST:PORT",
        "proxy --xds a:0                       | has no port from 1 to 65535",
      })
  void aControlPlaneThatCannotBeIsAnsweredShortly(String line, String answer) {
    assertThat(run(line.split(" "))).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains(answer);
    assertThat(err.toString().lines()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "envoy-bootstrap --xds a:1 --admin-port 70000 | --admin-port is 70000; 0 to 65535 is accepted",
        "envoy-bootstrap --xds a:1 --xds-cert c --xds-key k | without --xds-ca",
        "envoy-bootstrap --xds a:1 --xds-ca a --xds-key k | --xds-key was given without --xds-cert",
        "proxy --xds a:1 --xds-cert c.pem | --xds-cert was given without --xds-key",
        "proxy --xds a:1 --port 70000 | --port is 70000",
      })
  void aValueThatCannotBeIsAnsweredWithWhatIsAccepted(String line, String answer) {
    assertThat(run(line.split(" "))).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).startsWith("ergane: ").contains(answer);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(run("proxy", "--xds", "a:1", "--xds-ca", "nowhere.pem")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString()).contains("--xds-ca is nowhere.pem, which does not exist");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:18000", "control-plane.ergane:18000", "[::1]:18000"})
  @NeedsPart(Part.ENVOY)
  void envoyAcceptsItInPlainTextAndWithTls(String address) {
    Certificates files = Certificates.in(folder);
    String ca = files.certificate().toString();
    validate("--xds", address);
    validate("--xds", address, "--xds-ca", ca);
    validate(
        "--xds", address, "--xds-ca", ca, "--xds-cert", ca, "--xds-key", files.key().toString());
  }

  private void validate(String... options) {
    out.getBuffer().setLength(0);
    String[] line = new String[options.length + 1];
    line[0] = "envoy-bootstrap";
    System.arraycopy(options, 0, line, 1, options.length);
    assertThat(run(line)).as("%s", err).isZero();
    assertThat(EnvoyProcess.validate(folder, out.toString())).isEmpty();
  }
}
