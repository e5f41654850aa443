package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ergane.api.IntOrPercent.Rounding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shares, quantities and trees. */
class ValuesTest {

  @ParameterizedTest
  @CsvSource({
    "2, 10, 2, 2",
    "25%, 10, 2, 3",
    "0%, 10, 0, 0",
    "100%, 7, 7, 7",
    "50%, 1, 0, 1",
    "1%, 0, 0, 0"
  })
  void aShareIsRoundedEitherWay(String text, int total, int down, int up) {
    IntOrPercent share = IntOrPercent.parse(text);

    assertThat(share.of(total, Rounding.DOWN)).isEqualTo(down);
    assertThat(share.of(total, Rounding.UP)).isEqualTo(up);
    assertThat(IntOrPercent.parse(share.toString())).isEqualTo(share);
  }

  @Test
  void aShareOfManyDoesNotOverflow() {
    IntOrPercent all = new IntOrPercent(Integer.MAX_VALUE, true);

    assertThat(all.of(Integer.MAX_VALUE, Rounding.UP)).isEqualTo(Integer.MAX_VALUE);
    assertThat(all.of(-Integer.MAX_VALUE, Rounding.DOWN)).isEqualTo(Integer.MIN_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "-5%", "1.5%", "x", "5 %", "99999999999%", "2147483648%"})
  void otherTextIsNoShare(String text) {
    assertThat(IntOrPercent.tryPercent(text)).isNull();
    assertThatThrownBy(() -> IntOrPercent.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 5",
    "-5, -5",
    "+5, 5",
    "0.5, 0.5",
    ".5, 0.5",
    "5., 5",
    "500m, 0.5",
    "1k, 1000",
    "2Ki, 2048",
    "1.5Mi, 1572864",
    "3e2, 300",
    "3E-2, 0.03",
    "1E, 1000000000000000000",
    "1n, 0.000000001",
    "1u, 0.000001",
    "2Ei, 2305843009213693952"
  })
  void quantitiesHaveSuffixes(String text, String value) {
    assertThat(new Quantity(text).value()).isEqualByComparingTo(new BigDecimal(value));
    assertThat(new Quantity(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "m", "1mm", "1 k", "1K", "0x1", "1e", "NaN", "Infinity", "1e9999", "."})
  void otherTextIsNoQuantity(String text) {
    assertThat(Quantity.tryParse(text)).isNull();
    assertThatThrownBy(() -> new Quantity(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTreeIsTheSameJsonAgain() {
    JsonNode json =
        Manifests.yaml("{a: [1, 2.5, true, null, text], b: {}, c: [], d: {e: -9007199254740993}}");

    Object tree = JsonTree.of(json);

    assertThat(JsonTree.of(JsonTree.toJson(tree))).isEqualTo(tree);
    assertThat(JsonTree.toJson(tree).toString()).isEqualTo(json.toString());
    assertThat(JsonTree.copyOf(tree)).isEqualTo(tree);
  }

  @Test
  void numbersOfATreeAreLongsUnlessTheyDoNotFit() {
    BigInteger large = BigInteger.ONE.shiftLeft(100);

    assertThat(JsonTree.copyOf((Object) Arrays.asList(1, (short) 2, 3L, 1.5f, BigInteger.TWO)))
        .isEqualTo(List.of(1L, 2L, 3L, 1.5, 2L));
    assertThat(JsonTree.of(JsonNodeFactory.instance.numberNode(large)))
        .isEqualTo(new BigDecimal(large).stripTrailingZeros());
    assertThat(JsonTree.toJson(new BigDecimal(large)).toString()).isEqualTo(large.toString());
  }

  @Test
  void aTreeCannotBeChangedAndHoldsNothingElse() {
    Map<String, Object> tree = JsonTree.copyOf(Map.of("a", (Object) List.of(1L)));

    assertThatThrownBy(() -> tree.put("b", 1L)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> JsonTree.copyOf((Object) List.of(new Object())))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
