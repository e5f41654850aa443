package io.ergane.controllers;

import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.controllers.source.Contents;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.ImageCompiler;
import io.ergane.core.compile.Observed;
import io.ergane.core.routing.SchedulingProfile;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can be said about manifest files without running anything.
 *
 * @param objects how many were found, broken ones included, ignored ones not
 * @param findings sorted, worst first; empty when all is well
 */
public record Validation(int objects, List<Diagnostic> findings) {
  /** What is always so where there is no cluster. */
  private static final Set<String> WITHOUT_CLUSTER = Set.of("pool-empty", "cluster-only");

  /**
   * Decodes and admits all objects, and looks for duplicates and missing targets among them. That
   * pods are missing is not said: manifests seldom hold them. Neither is that some kinds take
   * effect in a cluster only.
   */
  public static Validation of(List<Path> paths) {
    Contents contents = new ManifestFiles(paths, FileLimits.DEFAULT).read();
    Observed observed =
        new Observed(contents.sightings(), SchedulingProfile.DEFAULT, contents.diagnostics());
    List<Diagnostic> findings =
        ImageCompiler.compile(observed, Compilation.EMPTY).diagnostics().stream()
            .filter(diagnostic -> !WITHOUT_CLUSTER.contains(diagnostic.code()))
            .toList();
    if (contents.sightings().isEmpty() && findings.stream().allMatch(Validation::isNote)) {
      findings = Stream.concat(Stream.of(nothing(paths)), findings.stream()).toList();
    }
    return new Validation(contents.sightings().size(), findings);
  }

  private static boolean isNote(Diagnostic diagnostic) {
    return diagnostic.severity() == Severity.INFO;
  }

  private static Diagnostic nothing(List<Path> paths) {
    String names = paths.stream().map(Path::toString).collect(Collectors.joining(", "));
    return new Diagnostic(
        Severity.WARNING,
        "nothing-declared",
        names,
        names,
        "found no object to check; accepted are .yaml, .yml and .json files with objects such as"
            + " ModelRoute. Name others.");
  }
}
