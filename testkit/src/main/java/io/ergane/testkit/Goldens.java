package io.ergane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.AssertionFailedError;

/**
 * A folder of files that hold expected text, below {@code src/test/goldens} of the module under
 * test.
 *
 * <p>With {@code -Dgoldens.rewrite=true} the files are written instead of compared, except where
 * the environment has {@code CI=true}. Text is compared with {@code \n} line ends and ends with
 * one.
 */
public final class Goldens {
  private final Path folder;
  private final boolean rewrite;

  Goldens(Path folder, boolean rewrite) {
    this.folder = folder;
    this.rewrite = rewrite;
  }

  /**
   * The goldens in {@code folder}, a path below {@code src/test/goldens}.
   *
   * @throws IllegalStateException when a rewrite is asked for in CI
   */
  public static Goldens in(String folder) {
    boolean rewrite = Boolean.getBoolean("goldens.rewrite");
    if (rewrite && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(
          "-Dgoldens.rewrite=true is refused where CI=true: goldens are reviewed text");
    }
    return new Goldens(Path.of("src/test/goldens", folder), rewrite);
  }

  /** The folder, for inputs that lie beside the expected text. */
  public Path folder() {
    return folder;
  }

  /**
   * Compares {@code actual} with the file {@code name}.
   *
   * @throws AssertionFailedError when they differ or the file is missing; says where, and how to
   *     accept the new text
   */
  public void check(String name, String actual) {
    Path file = folder.resolve(name);
    String text = normal(actual);
    if (rewrite) {
      write(file, text);
      return;
    }
    String remedy =
        "\nIf the new text is right, accept it: run the test with -Dgoldens.rewrite=true";
    if (!Files.exists(file)) {
      throw new AssertionFailedError(
          file + " is missing; it would hold:\n" + text + remedy, "", text);
    }
    String expected = normal(read(file));
    if (!expected.equals(text)) {
      throw new AssertionFailedError(
          file + " differs\n" + TextDifference.of(expected, text) + remedy, expected, text);
    }
  }

  private static String normal(String text) {
    String lines = text.replace("\r\n", "\n");
    return lines.endsWith("\n") ? lines : lines + "\n";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
