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

class QuickstartFileTest {
  @TempDir Path folder;
  private Path file = Path.of("");
  private Path aside = Path.of("");

  @BeforeEach
  void paths() {
    file = folder.resolve("own/quickstart.yaml");
    aside = folder.resolve("own/quickstart.yaml.edited");
  }

  @Test
  void theShippedManifestsAreSound() {
    QuickstartFile.write(file);

    Validation report = Validation.of(List.of(file));

    assertThat(report.findings()).isEmpty();
    assertThat(report.objects()).isEqualTo(8);
  }

  @Test
  void anEditedFileIsMovedAsideAndNotLost() throws IOException {
    QuickstartFile.write(file);
    Files.writeString(file, "# mine\n");

    QuickstartFile.write(file);

    assertThat(file).hasBinaryContent(QuickstartFile.shipped());
    assertThat(aside).hasContent("# mine\n");
  }

  @Test
  void aFileOfAnOlderReleaseIsReplacedWithoutACopy() throws IOException {
    QuickstartFile.write(file);
    Files.writeString(file, "# of an older release\n");
    Files.writeString(file.resolveSibling(".shipped.yaml"), "# of an older release\n");

    QuickstartFile.write(file);

    assertThat(file).hasBinaryContent(QuickstartFile.shipped());
    assertThat(aside).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidToTheUser() throws IOException {
    Files.writeString(folder.resolve("own"), "a file, not a folder");

    assertThatThrownBy(() -> QuickstartFile.write(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("-f");
  }
}
