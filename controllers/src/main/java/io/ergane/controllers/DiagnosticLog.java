package io.ergane.controllers;

import io.ergane.core.compile.Diagnostic;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each diagnostic once when it appears and once when it is gone. Confined to one thread. */
final class DiagnosticLog {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

  private Set<Diagnostic> known = Set.of();

  void update(List<Diagnostic> diagnostics) {
    Set<Diagnostic> now = new TreeSet<>(diagnostics);
    for (Diagnostic diagnostic : now) {
      if (!known.contains(diagnostic)) {
        appeared(diagnostic);
      }
    }
    for (Diagnostic diagnostic : Diagnostic.mended(known, now)) {
      LOG.info("mended: {}: {}", diagnostic.subject(), diagnostic.code());
    }
    known = now;
  }

  private static void appeared(Diagnostic diagnostic) {
    switch (diagnostic.severity()) {
      case ERROR -> LOG.error("{}", diagnostic);
      case WARNING -> LOG.warn("{}", diagnostic);
      case INFO -> LOG.info("{}", diagnostic);
    }
  }
}
