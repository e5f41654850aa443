package io.ergane.controllers;

import static io.ergane.controllers.files.Yaml.all;
import static io.ergane.controllers.files.Yaml.route;
import static io.ergane.controllers.files.Yaml.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        .containsExactly("refused 17", "duplicate 19", "syntax 29", "target-missing 8");
  }

  @Test
  void findingsStandInTheOrderOfTheirLines() throws IOException {
    String[] routes = new String[12];
    Arrays.setAll(routes, i -> route("r" + (routes.length - i), "m" + i, "missing"));

    assertThat(validate(all(routes)))
        .hasSize(12)
        .extracting(each -> Integer.parseInt(each.source().replaceAll(".*:", "")))
        .isSorted();
  }

  @Test
  void aKindThatIsAlmostOursIsGuessed() throws IOException {
    assertThat(validate(route("r", "m", "s").replace("kind: ModelRoute", "kind: ModelRout")))
        .singleElement()
        .asString()
        .contains("a.yaml:2: error", "found kind ModelRout of", "Did you mean \"ModelRoute\"?");
  }

  @ParameterizedTest
  @CsvSource({
    "'', WARNING, the file is empty",
    "'\n  \n', WARNING, the file is empty",
    "'# nothing\n', WARNING, found no object to check",
    "'apiVersion: v1\nkind: Secret\n', WARNING, found no object to check",
  })
  void manifestsThatDeclareNothingAreNotSound(String text, Severity severity, String found)
      throws IOException {
    assertThat(validate(text.translateEscapes()).getFirst())
        .returns(severity, Diagnostic::severity)
        .extracting(Diagnostic::message)
        .asString()
        .contains(found);
  }

  @Test
  void aFileOfCommentsBesideOthersIsOnlyNoted() throws IOException {
    Files.writeString(folder.resolve("b.yaml"), "# for later\n");
    Files.writeString(folder.resolve("a.yaml"), all(route("r", "m", "s"), server("s")));

    assertThat(Validation.of(List.of(folder)).findings())
        .singleElement()
        .returns(Severity.INFO, Diagnostic::severity)
        .returns(folder.resolve("b.yaml") + ":1", Diagnostic::source);
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
