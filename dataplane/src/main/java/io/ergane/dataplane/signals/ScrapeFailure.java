package io.ergane.dataplane.signals;

import java.util.Locale;

/** Why a page could not be had from an engine. */
public enum ScrapeFailure {
  /** The host has no address, or no connection or TLS session came about. */
  CONNECT,
  /** The answer was not complete in time. */
  DEADLINE,
  /** The connection ended within the answer. */
  CLOSED,
  /** The answer's status is not 200. */
  STATUS,
  /** The answer is not HTTP/1.1, or its body has a coding nobody asked for. */
  MALFORMED,
  /** The answer's body is longer than the limit. */
  TOO_LARGE,
  /** The body has nothing in it that the engine's dialect knows. */
  UNRECOGNISED;

  /** The reason as a metric label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
