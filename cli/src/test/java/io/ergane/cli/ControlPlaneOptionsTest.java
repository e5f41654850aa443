package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.xds.translate.EnvoySettings.ClientTls;
import io.ergane.xds.translate.EnvoySettings.Identity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ControlPlaneOptionsTest {
  private static ControlPlaneOptions parsed(String... arguments) {
    ControlPlaneOptions options = CommandLine.populateCommand(new ControlPlaneOptions(), arguments);
    options.check();
    return options;
  }

  @Test
  void schedulersAreCalledInPlainTextUnlessAnAuthorityIsGiven() {
    assertThat(parsed("--ext-proc=scheduler:9002").schedulerTls()).isNull();
  }

  @Test
  void aSchedulersCertificateIsForAHostByWhichOneIsCalled() {
    assertThat(parsed("--ext-proc-ca=ca.crt", "--ext-proc=b:9002,a:9002,b:9003").schedulerTls())
        .isEqualTo(new ClientTls("ca.crt", List.of("a", "b"), null));
    assertThat(parsed("--ext-proc-ca=ca.crt").schedulerTls())
        .isEqualTo(new ClientTls("ca.crt", List.of("127.0.0.1"), null));
    assertThat(parsed("--ext-proc-ca=ca.crt", "--ext-proc=[fd00::5]:9002").schedulerTls())
        .isEqualTo(new ClientTls("ca.crt", List.of("fd00::5"), null));
  }

  @Test
  void aNameAndAnIdentityCanBeGiven() {
    assertThat(
            parsed(
                    "--ext-proc-ca=/c/ca.crt",
                    "--ext-proc-cert=/c/tls.crt",
                    "--ext-proc-key=/c/tls.key",
                    "--ext-proc-name=scheduler.example",
                    "--ext-proc=10.0.0.5:9002")
                .schedulerTls())
        .isEqualTo(
            new ClientTls(
                "/c/ca.crt",
                List.of("scheduler.example"),
                new Identity("/c/tls.crt", "/c/tls.key")));
  }

  @ParameterizedTest
  @CsvSource({
    "--ext-proc-cert=c, --ext-proc-cert was given without --ext-proc-key",
    "--ext-proc-key=k, --ext-proc-key was given without --ext-proc-cert",
    "--ext-proc-cert=c --ext-proc-key=k, --ext-proc-cert was given without --ext-proc-ca",
    "--ext-proc-name=n, --ext-proc-name was given without --ext-proc-ca",
    "--ext-proc-ca=, --ext-proc-ca is empty",
    "--ext-proc-ca=a --ext-proc-name=, --ext-proc-name is empty",
    "--ext-proc-ca=a --ext-proc-cert= --ext-proc-key=k, --ext-proc-cert is empty"
  })
  void whatDoesNotGoTogetherIsRefused(String arguments, String said) {
    assertThatThrownBy(() -> parsed(arguments.split(" ")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said);
  }
}
