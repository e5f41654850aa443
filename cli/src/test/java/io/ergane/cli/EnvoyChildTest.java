package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ergane.core.routing.HostPort;
import io.ergane.xds.translate.EnvoyBootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The care for a child process, with a script in Envoy's place. */
class EnvoyChildTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  /** Makes a program of shell lines; {@code $4} is the file for the admin's address. */
  private EnvoyChild start(String... lines) throws IOException {
    Path program = folder.resolve("fake-envoy");
    Files.writeString(program, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    EnvoyBootstrap bootstrap = EnvoyBootstrap.of("n", new HostPort("127.0.0.1", 1));
    return EnvoyChild.start(program, folder, bootstrap, 2);
  }

  @Test
  void itIsGivenItsBootstrapAndItsAdminAddressIsRead() throws IOException {
    try (EnvoyChild child =
        start("echo \"I x: $*\"", "echo 127.0.0.1:99 >\"$4\"", "exec sleep 60")) {
      await().atMost(PATIENCE).until(() -> "127.0.0.1:99".equals(child.adminAddress()));
      assertThat(child.isAlive()).isTrue();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(child.lastLines())
                  .first()
                  .asString()
                  .contains(
                      "--config-path " + folder.resolve("bootstrap.yaml"), "--concurrency 2"));
      assertThat(Files.readString(folder.resolve("bootstrap.yaml"))).contains("node: {id: \"n\"");
    }
  }

  @Test
  void oneThatDiesIsStartedAgainAndItsOldAddressForgotten() throws IOException {
    try (EnvoyChild child =
        start(
            "[ -f \"$4.once\" ] && exec sleep 60",
            "touch \"$4.once\"",
            "echo 127.0.0.1:99 >\"$4\"",
            "echo 'C main: no room'",
            "exit 3")) {
      await().atMost(PATIENCE).until(() -> child.starts() == 2);
      await().atMost(PATIENCE).until(child::isAlive);
      assertThat(child.adminAddress()).isNull();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(child.lastLines()).containsExactly("C main: no room"));
    }
  }

  @Test
  void closingEndsItAlsoWhenItDoesNotListen() throws IOException {
    EnvoyChild child = start("trap '' TERM", "echo ready >\"$4\"", "while :; do sleep 1; done");
    await().atMost(PATIENCE).until(() -> child.adminAddress() != null);
    ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();

    child.close();

    await().atMost(PATIENCE).until(() -> !process.isAlive());
    assertThat(child.starts()).isEqualTo(1);
  }

  @Test
  void aTerminalsSignalsDoNotReachIt() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")));
    try (EnvoyChild child =
        start("echo $(ps -o sid= -p $$) $$", "echo ready >\"$4\"", "exec sleep 60")) {
      await().atMost(PATIENCE).until(() -> !child.lastLines().isEmpty());

      String[] sessionAndProcess = child.lastLines().getFirst().split(" ");
      assertThat(sessionAndProcess[0]).isEqualTo(sessionAndProcess[1]);
    }
  }

  @Test
  void aProgramThatCannotRunIsReported() throws IOException {
    try (EnvoyChild child = start("exit 0")) {
      Files.delete(folder.resolve("fake-envoy"));
      await().atMost(PATIENCE).until(() -> child.starts() > 1 || !child.lastLines().isEmpty());
      assertThat(child.isAlive()).isFalse();
    }
  }
}
