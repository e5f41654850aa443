package io.ergane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

class GoldensTest {
  @TempDir Path folder;

  @Test
  void textThatWasWrittenIsAccepted() {
    new Goldens(folder.resolve("new/case"), true).check("image.txt", "a\nb");

    new Goldens(folder.resolve("new/case"), false).check("image.txt", "a\nb");
    new Goldens(folder.resolve("new/case"), false).check("image.txt", "a\r\nb\r\n");
  }

  @Test
  void aDifferenceShowsTheLinesAndHowToAcceptThem() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "1\n2\n3\n4\nold\n6\n7\n8\n9\n10\n");

    assertThatThrownBy(
            () -> new Goldens(folder, false).check("a.txt", "1\n2\n3\n4\nnew\n6\n7\n8\n9\n10\n"))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("a.txt differs")
        .hasMessageContaining("@@ from line 2 @@\n 2\n 3\n 4\n-old\n+new\n 6\n 7\n 8\n")
        .hasMessageContaining("-Dgoldens.rewrite=true");
  }

  @Test
  void aMissingFileIsAFailure() {
    assertThatThrownBy(() -> new Goldens(folder, false).check("none.txt", "a"))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("none.txt is missing");
    assertThat(folder.resolve("none.txt")).doesNotExist();
  }

  @Test
  void differencesAreFoundAtTheEndsToo() {
    assertThat(TextDifference.of("a\n", "a\nb\n")).contains("+b").doesNotContain("-");
    assertThat(TextDifference.of("a\nb\n", "b\n")).contains("-a").doesNotContain("+");
    assertThat(TextDifference.of("a\n", "a\n")).isEmpty();
  }
}
