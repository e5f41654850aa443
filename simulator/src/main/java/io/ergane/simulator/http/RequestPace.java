package io.ergane.simulator.http;

import io.ergane.simulator.model.EngineConfig;
import io.ergane.simulator.model.Pace;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a request's headers say about its timing: {@code x-sim-ttft-ms} and {@code
 * x-sim-itl-ms} (decimal milliseconds, 0 or more) and {@code x-sim-tokens} (exact number of output
 * tokens).
 */
final class RequestPace {
  private static final String FIRST = "x-sim-ttft-ms";
  private static final String BETWEEN = "x-sim-itl-ms";
  private static final String TOKENS = "x-sim-tokens";

  private RequestPace() {}

  /**
   * The pace of a request, null for the model's own.
   *
   * @throws IllegalArgumentException if a header is no number in its range
   */
  static @Nullable Pace of(
      HttpHeaders headers, EngineConfig config, int promptTokens, Fault fault) {
    if (Generation.neverProduces(fault)) {
      return new Pace(Pace.NEVER, Pace.NEVER);
    }
    String first = headers.get(FIRST);
    String between = headers.get(BETWEEN);
    if (first == null && between == null && fault.slowFactor() == 1) {
      return null;
    }
    long firstNanos =
        first != null
            ? nanos(FIRST, first)
            : Generation.unloadedFirstTokenNanos(config, promptTokens);
    long betweenNanos = between != null ? nanos(BETWEEN, between) : config.stepNanos(1, 0);
    return new Pace(
        (long) (firstNanos * fault.slowFactor()), (long) (betweenNanos * fault.slowFactor()));
  }

  /** The exact number of output tokens that the headers ask for, -1 for none. */
  static int tokens(HttpHeaders headers) {
    String value = headers.get(TOKENS);
    if (value == null) {
      return EngineCall.UNSET;
    }
    try {
      int tokens = Integer.parseInt(value.trim());
      if (tokens > 0) {
        return tokens;
      }
    } catch (NumberFormatException ignored) {
      // Said below, as for a number out of range.
    }
    throw new IllegalArgumentException(TOKENS + " is a number of 1 or more, found " + value);
  }

  private static long nanos(String header, String value) {
    try {
      double millis = Double.parseDouble(value.trim());
      if (millis >= 0 && millis < 1e12) {
        return (long) (millis * 1e6);
      }
    } catch (NumberFormatException ignored) {
      // Said below, as for a number out of range.
    }
    throw new IllegalArgumentException(
        header + " is a number of milliseconds, 0 or more, found " + value);
  }
}
