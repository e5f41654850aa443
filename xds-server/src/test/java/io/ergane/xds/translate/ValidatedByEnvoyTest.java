package io.ergane.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.ergane.core.routing.HostPort;
import io.ergane.testkit.Certificates;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real Envoy takes what is translated and what lies in {@code envoy-config}. */
@NeedsPart(Part.ENVOY)
class ValidatedByEnvoyTest {
  private static final Path FILES = Path.of("../envoy-config");

  @TempDir Path folder;

  /** Those that name no file of certificates, which would have to exist. */
  static List<Case> cases() {
    return Case.all().stream().filter(c -> !c.name().contains("tls")).toList();
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  private static EnvoySettings.Identity identity(Certificates files) {
    return new EnvoySettings.Identity(files.certificate().toString(), files.key().toString());
  }

  private static EnvoySettings.ClientTls client(Certificates files) {
    return new EnvoySettings.ClientTls(
        files.certificate().toString(), List.of("localhost", "127.0.0.1"), identity(files));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aTranslation(Case arguments) {
    Bootstrap bootstrap = StaticBootstrap.of(arguments.translate(), 0);

    assertThat(EnvoyProcess.validate(folder, EnvoyText.yaml(EnvoyText.tree(bootstrap)))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aTranslationWithTls(Case arguments) throws IOException, InvalidProtocolBufferException {
    Certificates files = Certificates.in(folder);
    EnvoySettings settings =
        arguments
            .settings()
            .withListener(new EnvoySettings.Listener("127.0.0.1", 0, identity(files)))
            .withScheduler(
                new EnvoySettings.Scheduler(
                    arguments.settings().scheduler().addresses(),
                    client(files),
                    arguments.settings().scheduler().timeout(),
                    arguments.settings().scheduler().logInterval()));
    Case secured = new Case(arguments.name(), arguments.image(), arguments.endpoints(), settings);

    Bootstrap bootstrap = StaticBootstrap.of(secured.translate(), 0);

    assertThat(EnvoyProcess.validate(folder, EnvoyText.yaml(EnvoyText.tree(bootstrap)))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void aFile(Path file) throws IOException {
    assertThat(EnvoyProcess.validate(folder, Files.readString(file))).isEmpty();
  }

  @org.junit.jupiter.api.Test
  void aBootstrapWithMutualTls() throws IOException {
    EnvoyBootstrap plain = EnvoyBootstrap.of("e", new HostPort("127.0.0.1", 18000));
    EnvoyBootstrap secured =
        new EnvoyBootstrap(
            plain.node(),
            plain.cluster(),
            plain.controlPlane(),
            client(Certificates.in(folder)),
            plain.admin(),
            plain.maxConnections());

    assertThat(EnvoyProcess.validate(folder, secured.yaml())).isEmpty();
  }

  @org.junit.jupiter.api.Test
  void whatIsWrongIsRefused() {
    String text = EnvoyBootstrap.of("e", new HostPort("127.0.0.1", 18000)).yaml();

    assertThat(EnvoyProcess.validate(folder, text.replace("connect_timeout: 1s", "connect: 1s")))
        .contains("connect");
  }
}
