package io.ergane.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvoyVersionTest {
  @ParameterizedTest
  @CsvSource({
    "1.40.0, 1.40.0",
    "v1.38.2, 1.38.2",
    "1.41.0-dev, 1.41.0",
    "9184b84cb2f4d0f1d2a6bd1f8ea2a1a0f1e2d3c4/1.40.0/Clean/RELEASE/BoringSSL, 1.40.0",
    "envoy  version: 8fb0f2b/1.39.1/Clean/RELEASE/BoringSSL, 1.39.1"
  })
  void aVersionIsReadFromWhatEnvoyPrints(String text, String version) {
    assertThat(EnvoyVersion.parse(text)).hasToString(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "envoy", "1.40", "1.x.0", "a/b/c"})
  void textWithoutAVersionHasNone(String text) {
    assertThat(EnvoyVersion.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"1.38.0, true", "1.40.7, true", "1.37.9, false", "1.41.0, false", "2.0.0, false"})
  void oneRangeIsSupported(String text, boolean supported) {
    assertThat(Objects.requireNonNull(EnvoyVersion.parse(text)).supported()).isEqualTo(supported);
  }

  @Test
  void aRefusalSaysWhatIsAcceptedAndWhatToDo() {
    assertThat(new EnvoyVersion(1, 37, 9).refusal())
        .isEqualTo("Envoy 1.37.9 is not supported; accepted are 1.38 to 1.40. Run a newer Envoy.");
    assertThat(new EnvoyVersion(1, 41, 0).refusal()).endsWith("an older Envoy or a newer Ergane.");
    assertThat(EnvoyVersion.OLDEST.refusal()).isNull();
  }
}
