package io.ergane.cli;

import io.ergane.dataplane.Dataplane;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A gateway that runs: clients are served on a port, operators look at its pages. */
public interface Gateway extends Running {
  Dataplane dataplane();

  /** Port of the OpenAI API. */
  int port();

  /** The Envoy that clients are served by; null where it is this process. */
  default @Nullable Path envoy() {
    return null;
  }

  /** Port of the debug pages, on loopback. */
  int adminPort();

  /** Port of the metrics, on all addresses. */
  int metricsPort();
}
