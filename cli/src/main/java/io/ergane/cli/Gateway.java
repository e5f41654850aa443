package io.ergane.cli;

import io.ergane.dataplane.Dataplane;

/** A gateway that runs: clients are served on a port, operators look at its pages. */
public interface Gateway extends Running {
  Dataplane dataplane();

  /** Port of the OpenAI API. */
  int port();

  /** Port of the debug pages, on loopback. */
  int adminPort();

  /** Port of the metrics, on all addresses. */
  int metricsPort();
}
