package io.ergane.controllers.source;

import java.io.IOException;
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
  /** Stands for every entry of a directory; none has this name. */
  private static final Path EVERY = Path.of("");

  /** By real path: an operating system may report a directory under one of its paths only. */
  private final Map<Path, Set<Path>> names = new HashMap<>();

  /** Any entry of this directory concerns. */
  public void directory(Path directory) {
    add(directory, EVERY);
  }

  /**
   * This file or directory concerns, whether it exists or not, and what it leads to. That may be
   * exchanged by way of other entries beside a symbolic link, as Kubernetes does in its volumes;
   * all of them concern then.
   */
  public void entry(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (Files.isSymbolicLink(absolute)) {
      add(absolute.getParent(), EVERY);
      absolute = real(absolute);
    }
    add(absolute.getParent(), absolute.getFileName());
  }

  /** Adds what concerns another source. */
  public void addAll(WatchedPaths other) {
    other.names.forEach((directory, entries) -> names(directory).addAll(entries));
  }

  /** The directories to be watched. */
  public Set<Path> directories() {
    return Set.copyOf(names.keySet());
  }

  /**
   * Whether a change in a directory concerns.
   *
   * @param name the changed entry's name in the directory; null when it is not known
   */
  boolean concerns(Path directory, @Nullable Path name) {
    Set<Path> entries = names.getOrDefault(directory, Set.of());
    return name == null ? !entries.isEmpty() : entries.contains(name) || entries.contains(EVERY);
  }

  /** Whether the same changes concern. */
  boolean same(WatchedPaths other) {
    return names.equals(other.names);
  }

  private void add(@Nullable Path directory, @Nullable Path name) {
    if (directory != null && name != null) {
      names(real(directory)).add(name);
    }
  }

  private Set<Path> names(Path directory) {
    return names.computeIfAbsent(directory, _ -> new HashSet<>());
  }

  /** The path itself while it leads nowhere; whoever watches looks there now and then. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
