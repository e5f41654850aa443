package io.ergane.controllers.files;

import io.ergane.controllers.source.Contents;
import io.ergane.controllers.source.Source;
import io.ergane.controllers.source.WatchedPaths;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.Observed.Sighting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The objects that manifest files declare, in YAML or JSON, several documents a file or one {@code
 * List}. Directories are read without their subdirectories; in them only {@code .yaml}, {@code
 * .yml} and {@code .json} count, and neither hidden files nor editors' backups.
 *
 * <p>An object's age is the position of its document in all files, sorted by path. What cannot be
 * read keeps its last good content: a file, a directory, or one document, with an ERROR that says
 * where and why. A file that was deleted takes its objects along.
 */
public final class ManifestFiles implements Source {
  private final FileLimits limits;
  private final List<Root> roots = new ArrayList<>();
  private final TreeMap<Path, ManifestFile> files = new TreeMap<>();

  /**
   * @param paths files or directories, which need not exist yet
   */
  public ManifestFiles(List<Path> paths, FileLimits limits) {
    this.limits = limits;
    paths.forEach(path -> roots.add(new Root(path, limits.files())));
  }

  @Override
  public Contents read() {
    List<Diagnostic> diagnostics = new ArrayList<>();
    Set<Path> present = new HashSet<>();
    for (Root root : roots) {
      root.list();
      if (root.problem() != null) {
        diagnostics.add(root.problem());
      }
      for (Path path : root.files()) {
        Path key = key(path);
        if (present.add(key)) {
          ManifestFile file = files.computeIfAbsent(key, _ -> open(path));
          if (root.readable()) {
            file.read();
          }
        }
      }
    }
    files.keySet().retainAll(present);
    return contents(diagnostics);
  }

  private ManifestFile open(Path path) {
    return new ManifestFile(path, path.toString(), limits);
  }

  private Contents contents(List<Diagnostic> diagnostics) {
    List<Sighting> sightings = new ArrayList<>();
    for (Map.Entry<Path, ManifestFile> entry : files.entrySet()) {
      ManifestFile file = entry.getValue();
      diagnostics.addAll(file.diagnostics());
      int room = limits.objects() - sightings.size();
      if (file.sightings().size() > room) {
        diagnostics.add(tooMany(entry.getKey(), file.sightings().get(room)));
      }
      file.sightings().stream()
          .limit(room)
          .forEach(sighting -> sightings.add(sighting.aged(sightings.size())));
    }
    return Contents.of(sightings, diagnostics);
  }

  private Diagnostic tooMany(Path path, Sighting first) {
    return new Diagnostic(
        Severity.ERROR,
        "too-many-objects",
        path.toString(),
        first.source(),
        "at most %d objects are accepted in all files; this file's objects from here on are ignored. Remove some or raise the limit."
            .formatted(limits.objects()));
  }

  @Override
  public boolean stale() {
    Set<Path> present = new HashSet<>();
    for (Root root : roots) {
      boolean readable = root.readable();
      root.list();
      if (readable != root.readable()) {
        return true;
      }
      root.files().forEach(path -> present.add(key(path)));
    }
    return !present.equals(files.keySet()) || files.values().stream().anyMatch(ManifestFile::stale);
  }

  @Override
  public boolean settled() {
    return files.values().stream().allMatch(ManifestFile::settled);
  }

  @Override
  public WatchedPaths watched() {
    WatchedPaths watched = new WatchedPaths();
    roots.forEach(root -> root.addTo(watched));
    return watched;
  }

  private static Path key(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
