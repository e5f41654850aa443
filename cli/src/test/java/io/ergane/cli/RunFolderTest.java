package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  @TempDir Path temporary;

  @Test
  void nothingIsLeftOfARunThatEnds() throws IOException {
    Path parent = temporary.resolve("runs");
    try (RunFolder run = RunFolder.open(parent)) {
      Files.writeString(run.path().resolve("file"), "text");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())))
          .isEqualTo("rwx------");
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void runsOfOneProcessLeaveEachOtherAlone() throws IOException {
    try (RunFolder first = RunFolder.open(temporary);
        RunFolder second = RunFolder.open(temporary)) {
      assertThat(first.path()).isEmptyDirectory();
      assertThat(second.path()).isEmptyDirectory().isNotEqualTo(first.path());
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whatAKilledRunLeavesBehindIsDeletedByTheNextAndWhatLivesStays() throws Exception {
    Process living = run();
    Process killed = run();
    try {
      Path kept = folderOf(living);
      Path abandoned = folderOf(killed);
      assertThat(killed.destroyForcibly().waitFor(60, TimeUnit.SECONDS)).isTrue();
      Files.writeString(abandoned.resolve("bootstrap.yaml"), "text");
      Files.writeString(temporary.resolve("other"), "somebody's");

      try (RunFolder next = RunFolder.open(temporary)) {
        assertThat(abandoned).doesNotExist();
        assertThat(kept).isEmptyDirectory();
        assertThat(next.path()).isEmptyDirectory();
      }
      assertThat(names()).hasSize(3).contains("other", kept.getFileName().toString());
    } finally {
      living.destroyForcibly();
      killed.destroyForcibly();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private Process run() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Held.class.getName(),
            temporary.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static Path folderOf(Process process) throws IOException {
    return Path.of(process.inputReader().readLine());
  }

  /** Opens a folder, says which, and waits until it is killed. */
  static final class Held {
    private Held() {}

    public static void main(String[] arguments) throws Exception {
      try (RunFolder run = RunFolder.open(Path.of(arguments[0]))) {
        System.out.println(run.path());
        Thread.sleep(600_000);
      }
    }
  }
}
