package io.ergane.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** The manifests of the demonstration as a file that users edit. */
final class QuickstartFile {
  private QuickstartFile() {}

  /** Where a user's own copy lies. */
  static Path ofUser() {
    String folder = "ergane-" + System.getProperty("user.name");
    return Path.of(System.getProperty("java.io.tmpdir"), folder, "quickstart.yaml");
  }

  /**
   * Writes the file as it is shipped. One that somebody edited since is moved aside first, to the
   * same name with {@code .edited} at its end.
   *
   * @throws UserError when the folder cannot be written
   */
  static void write(Path file) {
    byte[] shipped = shipped();
    Path last = file.resolveSibling(".shipped.yaml");
    try {
      Files.createDirectories(file.getParent());
      if (Files.exists(file) && !holds(file, shipped) && !holds(file, bytes(last))) {
        Path aside = file.resolveSibling(file.getFileName() + ".edited");
        Files.move(file, aside, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        System.err.println("ergane: your edited example manifests are kept as " + aside);
      }
      Files.write(file, shipped);
      Files.write(last, shipped);
    } catch (IOException e) {
      throw new UserError(
          "the example manifests cannot be written to %s (%s). Make it writable, or name your own with -f."
              .formatted(file, e));
    }
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    return Arrays.equals(Files.readAllBytes(file), content);
  }

  private static byte[] bytes(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
  }

  static byte[] shipped() {
    try (InputStream manifests = QuickstartFile.class.getResourceAsStream("quickstart.yaml")) {
      return Objects.requireNonNull(manifests).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
