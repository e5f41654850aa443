package io.ergane.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Objects;

/** The manifests of the demonstration as a file that users edit. */
final class QuickstartFile {
  /** Port of the engines in the manifests as they are shipped. */
  static final int PORT = 8000;

  private QuickstartFile() {}

  /**
   * Writes the file as it is shipped, for engines on a port. One that somebody edited since is
   * moved aside first, to the same name with {@code .edited} at its end.
   *
   * @param folder made when it is missing
   * @return the file: {@code quickstart.yaml} or, for another port than {@link #PORT}, {@code
   *     quickstart-8001.yaml}
   * @throws UserError when the folder cannot be written
   */
  static Path write(Path folder, int port) {
    Path file = folder.resolve(port == PORT ? "quickstart.yaml" : "quickstart-" + port + ".yaml");
    Path last = file.resolveSibling("." + file.getFileName() + ".shipped");
    byte[] shipped = shipped(port);
    try {
      Files.createDirectories(folder);
      if (Files.exists(file) && !holds(file, shipped) && !holds(file, bytes(last))) {
        Path aside = file.resolveSibling(file.getFileName() + ".edited");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        System.err.println("ergane: your edited example manifests are kept as " + aside);
      }
      Files.write(file, shipped);
      Files.write(last, shipped);
    } catch (IOException e) {
      throw new UserError(
          ("the example manifests cannot be written to %s (%s). Name a folder of your own with"
                  + " ERGANE_FOLDER, or manifests of your own with -f.")
              .formatted(file, e));
    }
    return file;
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    return Arrays.equals(Files.readAllBytes(file), content);
  }

  private static byte[] bytes(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
  }

  /** The manifests for engines on a port. */
  static byte[] shipped(int port) {
    String text = new String(shipped(), StandardCharsets.UTF_8);
    return text.replace("port: " + PORT, "port: " + port).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] shipped() {
    try (InputStream manifests = QuickstartFile.class.getResourceAsStream("quickstart.yaml")) {
      return Objects.requireNonNull(manifests).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
