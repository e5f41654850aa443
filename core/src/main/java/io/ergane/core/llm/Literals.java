package io.ergane.core.llm;

/** The three literal names of JSON as bytes. */
final class Literals {
  static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private Literals() {}
}
