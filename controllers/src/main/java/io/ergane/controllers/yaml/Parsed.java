package io.ergane.controllers.yaml;

/** What became of one document of a text. */
public sealed interface Parsed {
  /** A document that has content. */
  record Read(Document document) implements Parsed {}

  /**
   * A document that could not be read.
   *
   * @param line from 1
   * @param problem what was found, without full stop
   */
  record Refused(int line, String problem) implements Parsed {}
}
