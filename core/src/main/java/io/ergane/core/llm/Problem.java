package io.ergane.core.llm;

/** Why a request body is not a request. */
public enum Problem {
  /** No byte but white space. */
  EMPTY,
  /** Breaks the JSON grammar of RFC 8259. */
  NOT_JSON,
  /** Ends inside the JSON value. */
  TRUNCATED,
  /** Text that is not UTF-8. */
  NOT_UTF8,
  /** Nested deeper than {@link ScanLimits#maxDepth()}. */
  TOO_DEEP,
  /** A JSON value that is not an object. */
  NOT_AN_OBJECT,
  /** Something other than white space after the JSON value. */
  TRAILING_DATA,
  /** Two {@code model} keys: parsers disagree on which one counts. */
  DUPLICATE_MODEL,
  /** Two equal keys other than {@code model} whose value decides how the request is served. */
  DUPLICATE_KEY,
  /** {@code model} is absent, not a string or blank. */
  MODEL_MISSING,
  /** The prompt is absent or of a type that no engine accepts. */
  PROMPT_MISSING
}
