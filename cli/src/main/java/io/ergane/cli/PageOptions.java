package io.ergane.cli;

import picocli.CommandLine.Option;

/** Ports of the pages that operators and Prometheus read. */
final class PageOptions {
  @Option(
      names = "--debug-port",
      defaultValue = "15000",
      paramLabel = "PORT",
      description = "Admin port on loopback: metrics, debug (default ${DEFAULT-VALUE}).")
  int debugPort;

  @Option(
      names = "--metrics-port",
      defaultValue = "9090",
      paramLabel = "PORT",
      description = "Prometheus metrics on all addresses (default ${DEFAULT-VALUE}).")
  int metricsPort;

  void check() {
    Accepted.port("--debug-port", debugPort);
    Accepted.port("--metrics-port", metricsPort);
  }
}
