package io.ergane.cli;

import io.ergane.api.GoDuration;
import io.ergane.controllers.names.EngineNames;
import io.ergane.controllers.names.NameLookup;
import io.ergane.controllers.names.NameSettings;
import io.ergane.core.compile.Compilation;
import io.ergane.proxy.ProxySettings;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Durations of the environment. */
final class Waits {
  private static final Logger LOG = LoggerFactory.getLogger(Waits.class);

  private Waits() {}

  /** Time between readiness turning false and the end of accepting; none at a terminal. */
  @SuppressWarnings("SystemConsoleNull")
  static Duration lameDuck(Map<String, String> environment) {
    Duration usual = ProxySettings.Timeouts.DEFAULT.lameDuck();
    java.io.Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    return duration(environment, "ERGANE_LAME_DUCK", terminal ? Duration.ofMillis(1) : usual);
  }

  /** Longest wait for running requests at the end. */
  static Duration drain(Map<String, String> environment) {
    return duration(environment, "DRAIN_TIMEOUT", ProxySettings.Timeouts.DEFAULT.drain());
  }

  /**
   * Looks engines' names up for Envoys.
   *
   * @param next takes compilations with the addresses that were found
   */
  static EngineNames names(Map<String, String> environment, Consumer<Compilation> next) {
    NameSettings usual = NameSettings.DEFAULT;
    Duration interval = duration(environment, "ERGANE_LOOKUP_INTERVAL", usual.interval());
    return new EngineNames(NameLookup.SYSTEM, usual.withInterval(interval), next);
  }

  /** A positive Go duration of the environment; anything else gives the default, as in Kthena. */
  static Duration duration(Map<String, String> environment, String name, Duration fallback) {
    String text = environment.get(name);
    if (text == null || text.isBlank()) {
      return fallback;
    }
    try {
      Duration value = GoDuration.parse(text.strip());
      if (value.isPositive()) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      // Said below, with the durations that are not above zero.
    }
    LOG.warn(
        "{} is '{}'; a duration above 0 such as 30s or 5m is accepted; {} is used",
        name,
        text,
        GoDuration.print(fallback));
    return fallback;
  }
}
