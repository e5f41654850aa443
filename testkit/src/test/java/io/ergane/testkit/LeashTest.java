package io.ergane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeashTest {
  @TempDir Path temporary;

  /** Holds a program in a JVM of its own, says its process id, and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws InterruptedException {
      Leash leash = sleep(Path.of(arguments[0]));
      while (leash.pid() == 0) Thread.sleep(5);
      System.out.println(leash.pid());
      Thread.sleep(600_000);
    }
  }

  private static Leash sleep(Path folder) {
    return Leash.start(folder, folder.resolve("log"), List.of("sleep", "600"));
  }

  private Path folder() throws IOException {
    return Files.createDirectory(temporary.resolve("folder"));
  }

  private static ProcessHandle programOf(Leash leash) throws InterruptedException {
    while (leash.pid() == 0) Thread.sleep(5);
    return ProcessHandle.of(leash.pid()).orElseThrow();
  }

  private static void awaitEnd(ProcessHandle program) {
    program.onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void closingKillsTheProgramAndRemovesItsFolder() throws Exception {
    Path folder = folder();
    Leash leash = sleep(folder);
    ProcessHandle program = programOf(leash);

    leash.close();

    awaitEnd(program);
    assertThat(leash.isAlive()).isFalse();
    assertThat(folder).doesNotExist();
  }

  @Test
  void aProgramThatEndsByItselfIsNoticedAndItsFolderStays() throws Exception {
    Path folder = folder();
    Path log = folder.resolve("log");

    try (Leash leash = Leash.start(folder, log, List.of("sh", "-c", "echo no such flag; exit 1"))) {
      while (leash.isAlive()) Thread.sleep(5);
      assertThat(log).hasContent("no such flag");
    }
  }

  @Test
  void aJvmThatIsKilledLeavesNothingBehind() throws Exception {
    Path folder = folder();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process jvm =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = jvm.inputReader(StandardCharsets.UTF_8)) {
      ProcessHandle program = ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();

      jvm.destroyForcibly();

      awaitEnd(program);
      for (int i = 0; i < 6000 && Files.exists(folder); i++) Thread.sleep(10);
      assertThat(folder).doesNotExist();
    }
  }
}
