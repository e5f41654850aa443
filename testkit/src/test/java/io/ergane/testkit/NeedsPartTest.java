package io.ergane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.io.TempDir;

class NeedsPartTest {
  @TempDir Path bin;

  @NeedsPart({Part.ENVOY, Part.REDIS})
  private static final class WithEnvoyAndRedis {}

  private static final class WithNothing {}

  private ConditionEvaluationResult evaluate(Class<?> test, Map<String, String> environment) {
    return NeedsPartCondition.evaluate(Optional.of(test), environment::get);
  }

  private Path program(String name) throws IOException {
    return Files.createFile(
        bin.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
  }

  @Test
  void aTestWithoutNeedsRuns() {
    assertThat(evaluate(WithNothing.class, Map.of("CI", "true")).isDisabled()).isFalse();
  }

  @Test
  void aMissingPartSkipsTheTestAndIsNamed() throws IOException {
    program("envoy");

    var result = evaluate(WithEnvoyAndRedis.class, Map.of("PATH", bin.toString()));

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow())
        .contains("Redis", "ERGANE_REDIS")
        .doesNotContain("Envoy");
  }

  @Test
  void aMissingPartFailsTheTestInCi() {
    Map<String, String> environment =
        Map.of("PATH", bin.toString(), "ENVOY_BIN", "/none", "CI", "true");

    assertThatThrownBy(() -> evaluate(WithEnvoyAndRedis.class, environment))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("Envoy")
        .hasMessageContaining("Redis");
  }

  @Test
  void withAllPartsTheTestRuns() throws IOException {
    program("envoy");
    program("valkey-server");

    assertThat(
            evaluate(WithEnvoyAndRedis.class, Map.of("PATH", bin.toString(), "CI", "true"))
                .isDisabled())
        .isFalse();
  }

  @Test
  void aVariableNamesTheProgramAndWinsOverThePath() throws IOException {
    program("envoy");
    Path other = program("envoy-1.40");

    assertThat(
            Part.ENVOY.locate(Map.of("PATH", bin.toString(), "ENVOY_BIN", other.toString())::get))
        .contains(other);
    assertThat(Part.ENVOY.locate(Map.of("PATH", bin.toString(), "ENVOY_BIN", "/none")::get))
        .isEmpty();
  }

  @Test
  void theFolderOfKubernetesIsTheOnlyOneLookedAtWhenItIsNamed() throws IOException {
    Path server = program("kube-apiserver");

    assertThat(Part.API_SERVER.locate(Map.of("KUBEBUILDER_ASSETS", bin.toString())::get))
        .contains(server);
    assertThat(
            Part.API_SERVER.locate(
                Map.of("PATH", bin.toString(), "KUBEBUILDER_ASSETS", "/none")::get))
        .isEmpty();
    assertThat(Part.API_SERVER.missing()).contains("KUBEBUILDER_ASSETS", "./dev kubernetes");
  }
}
