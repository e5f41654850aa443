package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.testkit.Certificates;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Envoy and a scheduler that show certificates to each other. */
@NeedsPart(Part.ENVOY)
final class EnvoyTlsTest {
  private static final String SCHEDULER = "cluster.ergane-scheduler.";

  @TempDir Path folder;

  private Certificates ofScheduler;
  private Path trusted;
  private List<String> ofControlPlane;
  private List<String> secured;

  @BeforeEach
  void makeCertificates() throws IOException {
    ofScheduler = certificates("scheduler");
    Certificates ofEnvoy = certificates("envoy-own");
    trusted = ofEnvoy.certificate().resolveSibling("ca.crt");
    Gateway.replace(trusted, Files.readString(ofScheduler.certificate()));
    ofControlPlane =
        List.of(
            "--ext-proc-ca=" + trusted,
            "--ext-proc-cert=" + ofEnvoy.certificate(),
            "--ext-proc-key=" + ofEnvoy.key());
    secured =
        List.of(
            "--tls-cert=" + ofScheduler.certificate(),
            "--tls-key=" + ofScheduler.key(),
            "--client-ca=" + ofEnvoy.certificate());
  }

  private Certificates certificates(String name) throws IOException {
    return Certificates.in(Files.createDirectory(folder.resolve(name)));
  }

  @Test
  void aSchedulerOfAnotherAuthorityIsNotAskedUntilItsAuthorityIsPutInPlace() throws Exception {
    Gateway.replace(trusted, Files.readString(certificates("stranger").certificate()));
    try (EnvoyParts parts = EnvoyParts.start(folder, ofControlPlane, secured)) {
      parts.awaitStatus(503);

      HttpResponse<String> refusal = parts.web().post(parts.chatUrl(), Chats.body("chat", "hello"));
      assertThat(refusal.statusCode()).isEqualTo(503);
      assertThat(refusal.headers().firstValue("retry-after")).contains("1");
      assertThat(refusal.body()).contains("\"error\"").contains("scheduler");
      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() ->
              assertThat(warnings(parts)).contains("[ext_proc]", "CERTIFICATE_VERIFY_FAILED"));
      assertThat(parts.envoy().stat(SCHEDULER + "ssl.fail_verify_error")).isPositive();
      long modified = parts.modified();

      Gateway.replace(trusted, Files.readString(ofScheduler.certificate()));
      parts.awaitStatus(200);

      parts.awaitIdle();
      assertThat(parts.envoy().stat(SCHEDULER + "ssl.handshake")).isPositive();
      assertThat(parts.modified()).isEqualTo(modified);
    }
  }

  @Test
  void aSchedulerMustHaveTheNameByWhichItIsCalled() throws Exception {
    List<String> elsewhere =
        Stream.concat(ofControlPlane.stream(), Stream.of("--ext-proc-name=elsewhere")).toList();
    try (EnvoyParts parts = EnvoyParts.start(folder, elsewhere, secured)) {
      parts.awaitStatus(503);
      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> parts.envoy().stat(SCHEDULER + "ssl.fail_verify_san") > 0);

      parts.killControlPlane();
      parts.startControlPlane(ofControlPlane.toArray(String[]::new));

      parts.awaitStatus(200);
      parts.awaitIdle();
    }
  }

  @Test
  void anAuthorityThatIsNotThereIsSaidWithItsFileAndTakenWhenItIsPutThere() throws Exception {
    Files.delete(trusted);
    try (EnvoyParts parts = EnvoyParts.start(folder, ofControlPlane, secured)) {
      parts.awaitStatus(503);

      await()
          .atMost(Gateway.PATIENCE)
          .untilAsserted(() ->
              assertThat(parts.xdsStatus())
                  .contains("rejected secrets ergane-scheduler-authority", trusted.toString()));

      Gateway.replace(trusted, Files.readString(ofScheduler.certificate()));

      parts.awaitStatus(200);
      parts.awaitIdle();
    }
  }

  private static String warnings(EnvoyParts parts) {
    return parts
        .envoy()
        .output()
        .lines()
        .filter(line -> !line.contains("[info]"))
        .collect(Collectors.joining("\n"));
  }
}
