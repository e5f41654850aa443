package io.ergane.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.ObjectName;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointTest {
  private static final ObjectName POD = new ObjectName("default", "p");

  @Test
  void withoutAFoundAddressADestinationIsWhatWasDeclared() {
    Endpoint named = new Endpoint(POD, "my-vllm", 8000, false);

    assertThat(named.destination()).isEqualTo("my-vllm:8000").isEqualTo(named.authority());
    assertThat(new Endpoint(POD, "fd00::1", 8000, false).destination()).isEqualTo("[fd00::1]:8000");
  }

  @Test
  void aFoundAddressMovesTheDestinationAndNotTheName() {
    Endpoint found = new Endpoint(POD, "my-vllm", 8000, true).at("fd00::1");

    assertThat(found.destination()).isEqualTo("[fd00::1]:8000");
    assertThat(found.authority()).isEqualTo("my-vllm:8000");
    assertThat(found).hasToString("default/p@my-vllm:8000");
  }

  @Test
  void anotherAddressIsAnotherEndpointWhoseOrderAgrees() {
    Endpoint one = new Endpoint(POD, "my-vllm", 8000, false, "10.0.0.1");
    Endpoint two = one.at("10.0.0.2");

    assertThat(one).isNotEqualTo(two).isLessThan(two);
    assertThat(one.at("10.0.0.1")).isEqualTo(one).isEqualByComparingTo(one);
    assertThat(new EndpointTable(POD, List.of(two, one)).rows()).containsExactly(one, two);
  }
}
