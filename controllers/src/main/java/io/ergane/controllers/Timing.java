package io.ergane.controllers;

import java.time.Duration;

/**
 * When changes are acted on.
 *
 * @param quiet a burst of changes ends when nothing changed for so long
 * @param longest a burst is acted on after this time even if it goes on
 * @param recheck pause between looks at sources that report no changes by themselves
 */
public record Timing(Duration quiet, Duration longest, Duration recheck) {
  public static final Timing DEFAULT =
      new Timing(Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(1));
}
