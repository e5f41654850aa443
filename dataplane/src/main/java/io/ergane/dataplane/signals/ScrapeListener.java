package io.ergane.dataplane.signals;

/**
 * Hears of every scrape's end. Called on event loops, from several at once; must not block or
 * throw.
 */
public interface ScrapeListener {

  /** Hears and does nothing. */
  ScrapeListener NONE = new ScrapeListener() {};

  /** A page was read; {@code nanos} from asking to the last byte. */
  default void scraped(Target target, Page page, long nanos) {}

  /** A page could not be had. */
  default void failed(Target target, Page page, ScrapeFailure reason) {}

  /** A page of metrics had lines of interest that could not be read. */
  default void unreadable(Target target, int lines) {}
}
