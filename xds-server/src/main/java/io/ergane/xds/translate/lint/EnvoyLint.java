package io.ergane.xds.translate.lint;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.proto.resource.ResourceSet;
import java.util.List;

/**
 * Refuses configuration that Envoy accepts and that breaks under load or is silently not obeyed.
 *
 * <p>Pure. The rules know Envoy, not how the resources were made, so they hold for any
 * configuration that puts an external processor in front of pools.
 */
public final class EnvoyLint {
  private EnvoyLint() {}

  /** All breaches, sorted; empty when the configuration may be published. */
  public static List<Breach> check(ResourceSet resources) {
    Configuration configuration = Configuration.of(resources);
    Findings findings = new Findings();
    ReferenceRules.check(configuration, findings);
    ClusterRules.check(configuration, findings);
    TrustRules.check(configuration, findings);
    RouteRules.check(configuration, findings);
    ListenerRules.check(configuration, findings);
    ProcessorRules.check(configuration, findings);
    return findings.sorted();
  }

  /** The same as errors about the objects of Envoy's configuration. */
  public static List<Diagnostic> diagnose(ResourceSet resources) {
    return check(resources).stream()
        .map(breach ->
            new Diagnostic(
                Severity.ERROR,
                "envoy-" + breach.rule(),
                "Envoy " + breach.resource(),
                "",
                breach.message()))
        .toList();
  }
}
