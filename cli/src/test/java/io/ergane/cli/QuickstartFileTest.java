package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.controllers.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuickstartFileTest {
  @TempDir Path folder;
  private Path own = Path.of("");
  private Path file = Path.of("");
  private Path aside = Path.of("");

  @BeforeEach
  void paths() {
    own = folder.resolve("own");
    file = own.resolve("quickstart.yaml");
    aside = own.resolve("quickstart.yaml.edited");
  }

  @ParameterizedTest
  @ValueSource(ints = {8000, 8001})
  void theShippedManifestsAreSoundWhateverTheEnginesPort(int port) {
    Validation report = Validation.of(List.of(QuickstartFile.write(own, port)));

    assertThat(report.findings()).isEmpty();
    assertThat(report.objects()).isEqualTo(8);
  }

  @Test
  void manifestsForAnotherPortAreAnotherFile() {
    QuickstartFile.write(own, 8000);
    Path second = QuickstartFile.write(own, 8001);

    assertThat(second).isNotEqualTo(file).content().contains("port: 8001").doesNotContain("8000");
    assertThat(file).hasBinaryContent(QuickstartFile.shipped());
  }

  @Test
  void anEditedFileIsMovedAsideAndNotLost() throws IOException {
    QuickstartFile.write(own, 8000);
    Files.writeString(file, "# mine\n");

    QuickstartFile.write(own, 8000);

    assertThat(file).hasBinaryContent(QuickstartFile.shipped());
    assertThat(aside).hasContent("# mine\n");
  }

  @Test
  void aFileOfAnOlderReleaseIsReplacedWithoutACopy() throws IOException {
    QuickstartFile.write(own, 8000);
    Files.writeString(file, "# of an older release\n");
    Files.writeString(own.resolve(".quickstart.yaml.shipped"), "# of an older release\n");

    QuickstartFile.write(own, 8000);

    assertThat(file).hasBinaryContent(QuickstartFile.shipped());
    assertThat(aside).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidToTheUser() throws IOException {
    Files.writeString(own, "a file, not a folder");

    assertThatThrownBy(() -> QuickstartFile.write(own, 8000))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("ERGANE_FOLDER")
        .hasMessageContaining("-f");
  }
}
