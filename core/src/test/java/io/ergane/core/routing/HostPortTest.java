package io.ergane.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", ":18000", "host:", "host:0", "host:70000", "a:b:1", "http://h:1"})
  void whatIsNotHostAndPortIsRefused(String text) {
    assertThatThrownBy(() -> HostPort.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"control-plane:18000", "127.0.0.1:1", "[::1]:18000"})
  void itIsPrintedAsItIsRead(String text) {
    assertThat(HostPort.parse(text)).hasToString(text);
  }

  @Test
  void anIpv6AddressIsHeldWithoutItsBrackets() {
    assertThat(HostPort.parse("[::1]:18000")).isEqualTo(new HostPort("::1", 18_000));
  }
}
