package io.ergane.controllers.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.ImageCompiler;
import io.ergane.core.compile.Observed;
import io.ergane.core.routing.SchedulingProfile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackendsTest {

  @Test
  void enginesOfAnyHostPortAndSchemeBecomeEndpoints() {
    Compilation compiled =
        compile(
            List.of(
                "meta-llama/Llama-3=http://127.0.0.1:8001,https://engine.example/",
                "qwen=http://[::1]:9",
                "meta-llama/Llama-3=http://my_engine:8002"));

    assertThat(compiled.diagnostics()).isEmpty();
    assertThat(compiled.image().modelNames()).containsExactly("meta-llama/Llama-3", "qwen");
    assertThat(
            compiled.endpoints().values().stream()
                .map(table ->
                    table.rows().stream()
                        .map(row -> (row.tls() ? "s:" : "") + row.authority())
                        .toList()))
        .containsExactly(
            List.of("127.0.0.1:8001", "s:engine.example:443", "my_engine:8002"),
            List.of("[::1]:9"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "=http://h:1",
        " =http://h:1",
        "llama=",
        "llama=h:1",
        "llama=http://h:1,",
        "llama=http://h:0",
        "llama=http://h:65536",
        "llama=http://h:1/v1",
        "llama=http://user@h:1",
        "llama=ftp://h:1",
        "llama=http://h:1,http://h:1"
      })
  void whatIsNoBackendIsRefusedInWords(String value) {
    assertThatThrownBy(() -> Backends.parse(List.of(value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("--backend '" + value + "'");
  }

  private static Compilation compile(List<String> values) {
    var contents = Backends.parse(values);
    return ImageCompiler.compile(
        new Observed(contents.sightings(), SchedulingProfile.DEFAULT, contents.diagnostics()),
        Compilation.EMPTY);
  }
}
