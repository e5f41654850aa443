package io.ergane.controllers.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a change may concern a source: whole directories, and single entries of others, so that a
 * log file that grows beside a manifest wakes nobody. Filled by one thread, then only read.
 */
public final class WatchedPaths {
  private final Set<Path> whole = new HashSet<>();
  private final Map<Path, Set<Path>> names = new HashMap<>();

  /** Any entry of this directory concerns. */
  public void directory(Path directory) {
    whole.add(directory);
  }

  /**
   * This file or directory concerns, whether it exists or not. What a symbolic link leads to may be
   * exchanged by way of other entries beside it, as Kubernetes does in its volumes; all of them
   * concern then.
   */
  public void entry(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      return;
    }
    if (Files.isSymbolicLink(absolute)) {
      directory(parent);
    } else {
      names.computeIfAbsent(parent, _ -> new HashSet<>()).add(absolute.getFileName());
    }
  }

  /** Adds what concerns another source. */
  public void addAll(WatchedPaths other) {
    whole.addAll(other.whole);
    other.names.forEach((directory, entries) ->
        names.computeIfAbsent(directory, _ -> new HashSet<>()).addAll(entries));
  }

  /** The directories to be watched. */
  public Set<Path> directories() {
    Set<Path> directories = new HashSet<>(whole);
    directories.addAll(names.keySet());
    return directories;
  }

  /**
   * Whether a change in a directory concerns.
   *
   * @param name the changed entry's name in the directory; null when it is not known
   */
  boolean concerns(Path directory, @Nullable Path name) {
    Set<Path> entries = names.get(directory);
    return whole.contains(directory)
        || (entries != null && (name == null || entries.contains(name)));
  }
}
