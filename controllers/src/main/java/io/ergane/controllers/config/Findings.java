package io.ergane.controllers.config;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import java.util.ArrayList;
import java.util.List;

/** Diagnostics about one configuration file under collection. */
final class Findings {
  private final String file;
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  Findings(String file) {
    this.file = file;
  }

  void error(int line, String message) {
    tell(Severity.ERROR, line, message);
  }

  void warn(int line, String message) {
    tell(Severity.WARNING, line, message);
  }

  private void tell(Severity severity, int line, String message) {
    diagnostics.add(
        new Diagnostic(severity, "router-configuration", file, file + ":" + line, message));
  }

  boolean refused() {
    return diagnostics.stream().anyMatch(each -> each.severity() == Severity.ERROR);
  }

  List<Diagnostic> sorted() {
    return diagnostics.stream().distinct().sorted().toList();
  }
}
