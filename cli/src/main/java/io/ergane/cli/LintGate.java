package io.ergane.cli;

import io.ergane.core.compile.Diagnostic;
import io.ergane.proto.resource.ResourceSet;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets configuration pass that keeps the rules. A breach is a defect of Ergane and not of what
 * users declared: each is logged once, and once more when it is over. For one thread at a time.
 */
final class LintGate {
  private static final Logger LOG = LoggerFactory.getLogger(LintGate.class);

  private final Function<ResourceSet, List<Diagnostic>> rules;
  private List<Diagnostic> breaches = List.of();

  /**
   * @param rules name what a configuration breaches; empty when it may be published
   */
  LintGate(Function<ResourceSet, List<Diagnostic>> rules) {
    this.rules = rules;
  }

  /** Whether all of these may be published. */
  boolean passes(Collection<ResourceSet> configurations) {
    List<Diagnostic> found =
        configurations.stream()
            .flatMap(each -> rules.apply(each).stream())
            .distinct()
            .sorted()
            .toList();
    note(found);
    return found.isEmpty();
  }

  /** What passed before is wanted again. */
  void settle() {
    note(List.of());
  }

  private void note(List<Diagnostic> found) {
    if (!found.equals(breaches)) {
      tell(found);
      breaches = found;
    }
  }

  private void tell(List<Diagnostic> found) {
    if (found.isEmpty()) {
      LOG.info("mended: Envoy's configuration keeps the rules again");
      return;
    }
    LOG.error(
        "A change is not published and what was published before stays, because Ergane made"
            + " configuration for Envoy that breaks its own rules. This is a defect of Ergane:"
            + " report it with these lines.");
    found.forEach(each -> LOG.error("{}", each));
  }

  /** What the configuration that came last breaches. */
  List<Diagnostic> breaches() {
    return breaches;
  }
}
