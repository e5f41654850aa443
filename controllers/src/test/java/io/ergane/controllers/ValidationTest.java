package io.ergane.controllers;

import static io.ergane.controllers.files.Yaml.all;
import static io.ergane.controllers.files.Yaml.route;
import static io.ergane.controllers.files.Yaml.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ValidationTest {
  @TempDir Path folder;

  @Test
  void soundManifestsWithoutPodsHaveNoFindings() throws IOException {
    assertThat(validate(all(route("r", "m", "s"), server("s")))).isEmpty();
  }

  @Test
  void findingsOfEveryKindAreGivenAtOnceWithTheirLines() throws IOException {
    List<Diagnostic> found =
        validate(
            all(
                route("r", "m", "missing"),
                server("s") + "  typo: 1\n",
                route("r", "m", "s"),
                "a: [\n"));

    assertThat(found)
        .extracting(each -> each.code() + " " + each.source().replaceAll(".*:", ""))
        .containsExactlyInAnyOrder("target-missing 8", "refused 17", "duplicate 19", "syntax 29");
  }

  @Test
  void aPathThatIsNotThereIsAFinding() {
    assertThat(Validation.of(List.of(folder.resolve("nothing.yaml"))).findings())
        .extracting(Diagnostic::code)
        .containsExactly("file-missing");
  }

  private List<Diagnostic> validate(String text) throws IOException {
    return Validation.of(List.of(Files.writeString(folder.resolve("a.yaml"), text))).findings();
  }
}
