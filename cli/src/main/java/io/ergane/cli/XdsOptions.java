package io.ergane.cli;

import io.ergane.core.routing.HostPort;
import io.ergane.dataplane.image.ControlPlaneAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where the control plane is, and how it is trusted. */
final class XdsOptions {
  @Option(
      names = "--xds",
      required = true,
      paramLabel = "HOST:PORT",
      converter = Address.class,
      description = "Control plane: `ergane control-plane` listens on port 18000.")
  @Nullable ControlPlaneAddress xds;

  @Option(
      names = "--xds-ca",
      paramLabel = "FILE",
      description = "PEM certificates that vouch for the control plane; turns TLS on.")
  @Nullable Path authority;

  @Option(
      names = "--xds-cert",
      paramLabel = "FILE",
      description = "PEM certificate chain to show to the control plane; with --xds-key.")
  @Nullable Path certificate;

  @Option(names = "--xds-key", paramLabel = "FILE", description = "PEM private key, PKCS#8.")
  @Nullable Path key;

  @Option(
      names = "--node-id",
      paramLabel = "ID",
      description =
          "Name of this node at the control plane, unique there (default: from the host).")
  @Nullable String nodeId;

  /**
   * @throws UserError naming the option
   */
  void check() {
    checkWords();
    PemFiles.authorities("--xds-ca", authority);
    PemFiles.pkcs8Identity("--xds-cert", certificate, "--xds-key", key);
  }

  /** The same where the files are another machine's. */
  void checkWords() {
    Accepted.both("--xds-cert", certificate, "--xds-key", key);
    Accepted.needs("--xds-cert", certificate, "--xds-ca", authority);
    Accepted.notEmpty("--node-id", nodeId);
  }

  ControlPlaneAddress address() {
    if (xds == null) {
      throw new IllegalStateException("--xds is a required option");
    }
    return authority == null
        ? xds
        : xds.withTls(new ControlPlaneAddress.Tls(authority, certificate, key));
  }

  /**
   * The name given, or one from the host's.
   *
   * @param kind what the process is, e.g. {@code proxy}
   */
  String nodeId(String kind) {
    return nodeId == null ? NodeName.ofProcess(kind) : nodeId;
  }

  /** Reads {@code HOST:PORT}. */
  static final class Address implements ITypeConverter<ControlPlaneAddress> {
    @Override
    public ControlPlaneAddress convert(String text) {
      try {
        HostPort at = HostPort.parse(text);
        return new ControlPlaneAddress(at.host(), at.port(), null);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            e.getMessage() + "; accepted is HOST:PORT, such as control-plane:18000");
      }
    }
  }
}
