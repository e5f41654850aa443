package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BannerTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 127.0.0.1",
    "::, 127.0.0.1",
    "localhost, 127.0.0.1",
    "127.0.0.5, 127.0.0.5",
    "10.1.2.3, 10.1.2.3",
    "fd00::7, [fd00::7]"
  })
  void theUrlThatIsPrintedReachesTheListener(String host, String shown) {
    assertThat(Banner.reached(host)).isEqualTo(shown);
  }
}
