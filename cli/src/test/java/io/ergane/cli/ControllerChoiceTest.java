package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControllerChoiceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                              | autoscaler modelbooster modelserving",
        "''                             | autoscaler modelbooster modelserving",
        "modelserving                   | modelserving",
        "+modelserving , autoscaler     | autoscaler modelserving",
        "*,-autoscaler                  | modelbooster modelserving",
        "-autoscaler,*                  | modelbooster modelserving",
        "autoscaler,-autoscaler         | autoscaler",
        "-autoscaler,autoscaler,*       | modelbooster modelserving",
        "-autoscaler                    | autoscaler modelbooster modelserving",
      })
  void controllersAreChosenAsInKthena(String text, String chosen) {
    assertThat(String.join(" ", ControllerChoice.of(text))).isEqualTo(chosen);
  }

  @Test
  void anUnknownControllerIsNamed() {
    assertThatThrownBy(() -> ControllerChoice.of("*,-modelservin"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'-modelservin'")
        .hasMessageContaining("modelserving, modelbooster, autoscaler");
  }
}
