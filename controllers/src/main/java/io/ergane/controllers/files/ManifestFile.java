package io.ergane.controllers.files;

import io.ergane.controllers.files.ManifestText.Content;
import io.ergane.controllers.source.FileText;
import io.ergane.controllers.source.FileText.Reading;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.Observed.Sighting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One manifest file: what it declares now or, while it cannot be read, declared last. */
final class ManifestFile {
  private final String name;
  private final FileText text;
  private Content content = Content.EMPTY;
  private @Nullable Diagnostic problem;
  private boolean settled = true;

  /**
   * @param name the path as the user sees it
   */
  ManifestFile(Path path, String name, FileLimits limits) {
    this.name = name;
    this.text = new FileText(path, limits.fileBytes(), limits.settle());
  }

  void read() {
    Reading reading = text.read();
    settled = !(reading instanceof Reading.Unsettled);
    if (settled) {
      problem = null;
    }
    switch (reading) {
      case Reading.Unchanged(), Reading.Unsettled() -> {}
      case Reading.Text(var read) -> content = keepMissing(ManifestText.decode(name, read));
      case Reading.Gone() -> content = Content.EMPTY;
      case Reading.Unreadable(var code, var found) ->
          problem =
              new Diagnostic(
                  Severity.ERROR, code, name, name, found + kept(content.sightings()) + ".");
    }
  }

  boolean stale() {
    return text.stale();
  }

  /** Whether the last reading found nobody writing. */
  boolean settled() {
    return settled;
  }

  List<Sighting> sightings() {
    return content.sightings();
  }

  List<Diagnostic> diagnostics() {
    return problem == null ? content.diagnostics() : List.of(problem);
  }

  /**
   * While some document cannot be told which object it declares, it may be any of those that the
   * file declared before and declares no longer; they stay.
   */
  private Content keepMissing(Content read) {
    if (read.attributed()) {
      return read;
    }
    Set<String> present =
        read.sightings().stream().map(Sighting::subject).collect(Collectors.toSet());
    List<Sighting> missing =
        content.sightings().stream()
            .filter(sighting -> !present.contains(sighting.subject()))
            .toList();
    if (missing.isEmpty()) {
      return read;
    }
    List<Sighting> sightings = new ArrayList<>(read.sightings());
    List<Diagnostic> diagnostics = new ArrayList<>();
    String where = name;
    for (Diagnostic each : read.diagnostics()) {
      boolean cause = each.severity() == Severity.ERROR;
      diagnostics.add(cause ? withKept(each, missing) : each);
      where = cause ? each.source() : where;
    }
    for (Sighting each : missing) {
      sightings.add(each.resource() == null ? unread(each, where) : each);
    }
    return new Content(sightings, diagnostics, false);
  }

  /** An object that could not be decoded before either; what was wrong with it then is past. */
  private static Sighting unread(Sighting sighting, String where) {
    return new Sighting(sighting.kind(), sighting.name(), 0, where, null, List.of());
  }

  private static Diagnostic withKept(Diagnostic diagnostic, List<Sighting> missing) {
    String message = diagnostic.message();
    String sentence = message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    return new Diagnostic(
        diagnostic.severity(),
        diagnostic.code(),
        diagnostic.subject(),
        diagnostic.source(),
        sentence + kept(missing) + ".");
  }

  private static String kept(List<Sighting> sightings) {
    if (sightings.isEmpty()) {
      return "";
    }
    String first =
        sightings.stream().limit(5).map(Sighting::subject).collect(Collectors.joining(", "));
    String more = sightings.size() > 5 ? " and " + (sightings.size() - 5) + " more" : "";
    String stay = sightings.size() == 1 ? " stays as it was" : " stay as they were";
    return "; until then " + first + more + stay + " before";
  }
}
