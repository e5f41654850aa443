package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
  void anInstallationThatFailsSaysWhyAndWhatToDo() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "");

    assertThatThrownBy(() -> new EnvoyInstallation(taken).orInstall())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Envoy cannot be installed: " + taken)
        .hasMessageContaining("--envoy=PATH");
  }
}
