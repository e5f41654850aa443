package io.ergane.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where Ergane keeps what it installs and what it writes for its user. */
final class OwnFolder {
  private OwnFolder() {}

  /**
   * {@code ERGANE_FOLDER}, which the launcher sets, else {@code .ergane} in the working directory.
   */
  static Path of(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("ERGANE_FOLDER", ".ergane")).toAbsolutePath();
  }
}
