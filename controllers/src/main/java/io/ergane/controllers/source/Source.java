package io.ergane.controllers.source;

/**
 * Something that declares objects or the scheduling profile. Called by one thread at a time; calls
 * must not wait, but for the first.
 */
public interface Source {
  /**
   * Called once, before anything else; may wait until there is something to read.
   *
   * @param changed may be called whenever reading again may give something else, by any thread
   */
  default void start(Runnable changed) throws InterruptedException {}

  /** What is declared now. */
  Contents read();

  /** Whether reading again may give something else. Cheaper than reading. */
  default boolean stale() {
    return false;
  }

  /** Whether nothing that was to be read was being written; if not, it is worth reading soon. */
  default boolean settled() {
    return true;
  }

  /** Where a change may concern this source, as of the last reading. */
  default WatchedPaths watched() {
    return new WatchedPaths();
  }

  /** A source that never changes. */
  static Source fixed(Contents contents) {
    return () -> contents;
  }
}
