package io.ergane.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void aNameIsPrintableWithoutControlCharactersAndUpToItsLength() {
    assertThat(Printable.is("sidecar~10.0.0.1~pod-1.ns~ns.svc", 40)).isTrue();
    assertThat(Printable.is("x".repeat(40), 40)).isTrue();
    assertThat(Printable.is("x".repeat(41), 40)).isFalse();
    assertThat(Printable.is("a\nb", 40)).isFalse();
    assertThat(Printable.is("\u001b[31mred", 40)).isFalse();
  }

  @Test
  void ofATextControlCharactersAreReplacedAndTheRestIsCut() {
    assertThat(Printable.text("one\n\ttwo", 40)).isEqualTo("one\n\ttwo");
    assertThat(Printable.text("\u001b[31mred\u0000", 40)).isEqualTo("?[31mred?");
    assertThat(Printable.text("abcdef", 3)).isEqualTo("abc…");
  }
}
