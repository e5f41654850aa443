package io.ergane.cli;

import java.util.List;

/** All verbs, in the order in which the help shows them. */
final class Verbs {
  static final List<Verb> ALL =
      List.of(
          Verb.of(
              "up",
              "run the gateway, with simulated engines when nothing else is named",
              UpVerb::new),
          Verb.of("explain", "print why a request went where it went", ExplainVerb::new),
          Verb.of("validate", "check manifest files", ValidateVerb::new),
          Verb.of("engine", "run simulated engines", EngineVerb::new),
          Verb.of(
              "control-plane",
              "compile manifests and tell Envoys, schedulers and proxies what to serve",
              ControlPlaneVerb::new),
          Verb.of("ext-proc", "run the scheduler that Envoys ask", ExtProcVerb::new),
          Verb.of("proxy", "run the built-in proxy of a control plane", ProxyVerb::new),
          Verb.of(
              "envoy-bootstrap",
              "print what an Envoy of a control plane is started with",
              EnvoyBootstrapVerb::new),
          Verb.of("xds", "print which node of a control plane runs what", XdsVerb::new),
          Verb.of(
              "kthena-router", "stand in for Kthena's router in a cluster", KthenaRouterVerb::new),
          Verb.of(
              "kthena-controller-manager",
              "stand in for Kthena's controller manager in a cluster",
              KthenaControllerManagerVerb::new),
          new Verb("train", "make the start-up cache's training run", true, TrainVerb::new));

  private Verbs() {}
}
