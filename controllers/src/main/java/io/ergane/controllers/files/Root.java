package io.ergane.controllers.files;

import io.ergane.controllers.source.FileText;
import io.ergane.controllers.source.WatchedPaths;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A path that the user gave: one file, or a directory of manifest files. */
final class Root {
  private final Path path;
  private final int mostFiles;
  private List<Path> files = List.of();
  private boolean directory;
  private boolean readable = true;
  private @Nullable Diagnostic problem;

  Root(Path path, int mostFiles) {
    this.path = path;
    this.mostFiles = mostFiles;
  }

  /** Lists the files anew; while that is not possible, the last list stands. */
  void list() {
    problem = null;
    readable = true;
    try {
      directory = Files.readAttributes(path, BasicFileAttributes.class).isDirectory();
      files = directory ? contents() : List.of(path);
    } catch (NoSuchFileException e) {
      if (!directory && !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        files = List.of();
        problem = diagnostic("file-missing", "there is no such file or directory. Create it.");
      } else {
        unreadable("does not exist any more");
      }
    } catch (IOException e) {
      unreadable("cannot be read: " + FileText.reason(e));
    }
  }

  private void unreadable(String found) {
    readable = false;
    problem =
        diagnostic(
            directory ? "directory-unreadable" : "file-unreadable",
            found + "; what was read from it before stays in effect.");
  }

  private Diagnostic diagnostic(String code, String message) {
    return new Diagnostic(Severity.ERROR, code, path.toString(), path.toString(), message);
  }

  private List<Path> contents() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, Root::isManifest)) {
      for (Path entry : entries) {
        found.add(entry);
        if (found.size() > mostFiles) {
          throw new IOException("it holds more than %d manifest files".formatted(mostFiles));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return List.copyOf(found);
  }

  /** Neither hidden nor an editor's backup, nor anything but a file or a link to one. */
  private static boolean isManifest(Path entry) {
    String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
    boolean named =
        !name.startsWith(".")
            && !name.startsWith("#")
            && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    if (!named) {
      return false;
    }
    try {
      return Files.readAttributes(entry, BasicFileAttributes.class).isRegularFile();
    } catch (IOException e) {
      return true; // Reading it will say what is wrong.
    }
  }

  List<Path> files() {
    return files;
  }

  /** Whether the files are there to be read. */
  boolean readable() {
    return readable;
  }

  @Nullable Diagnostic problem() {
    return problem;
  }

  /** Adds where a change may concern this root. */
  void addTo(WatchedPaths watched) {
    watched.entry(path);
    if (directory) {
      watched.directory(path);
      files.stream().filter(Files::isSymbolicLink).forEach(watched::entry);
    }
  }
}
