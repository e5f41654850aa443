package io.ergane.cli;

import io.ergane.core.routing.HostPort;
import io.ergane.dataplane.image.ControlPlaneAddress;
import io.ergane.xds.translate.EnvoyBootstrap;
import io.ergane.xds.translate.EnvoyNames;
import io.ergane.xds.translate.EnvoySettings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "envoy-bootstrap",
    description = {
      "Prints what an Envoy is started with to be a node of a control plane:",
      "",
      "  ergane envoy-bootstrap --xds control-plane:18000 --node-id envoy-1 >envoy.yaml",
      "  envoy -c envoy.yaml",
      "",
      "Envoy reads the files that --xds-ca, --xds-cert and --xds-key name, by these names."
    },
    sortOptions = false)
final class EnvoyBootstrapVerb implements Callable<Integer> {
  @Mixin XdsOptions xds = new XdsOptions();

  @Option(
      names = "--admin-port",
      defaultValue = "9901",
      paramLabel = "PORT",
      description = "Envoy's own admin page, on loopback (default ${DEFAULT-VALUE}).")
  int adminPort;

  @Option(
      names = "--max-connections",
      defaultValue = "" + EnvoyBootstrap.DEFAULT_MAX_CONNECTIONS,
      paramLabel = "N",
      description = "Connections of clients; more are closed at once (default ${DEFAULT-VALUE}).")
  int maxConnections;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Accepted.port("--admin-port", adminPort);
    Accepted.range("--max-connections", maxConnections, 1, Integer.MAX_VALUE);
    xds.checkWords();
    String node = xds.nodeId == null ? NodeName.ofHost("envoy") : xds.nodeId;
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.print(bootstrap(node, xds.address()).yaml());
    out.flush();
    return ExitCode.OK;
  }

  private EnvoyBootstrap bootstrap(String node, ControlPlaneAddress controlPlane) {
    return new EnvoyBootstrap(
        node,
        EnvoyNames.ERGANE,
        new HostPort(controlPlane.host(), controlPlane.port()),
        tls(controlPlane.host()),
        new HostPort(EnvoyBootstrap.DEFAULT_ADMIN.host(), adminPort),
        maxConnections);
  }

  /** The control plane shows a certificate for the name or address by which it is called. */
  private EnvoySettings.@Nullable ClientTls tls(String host) {
    if (xds.authority == null) {
      return null;
    }
    EnvoySettings.Identity own =
        xds.certificate == null || xds.key == null
            ? null
            : new EnvoySettings.Identity(xds.certificate.toString(), xds.key.toString());
    return new EnvoySettings.ClientTls(xds.authority.toString(), List.of(host), own);
  }
}
