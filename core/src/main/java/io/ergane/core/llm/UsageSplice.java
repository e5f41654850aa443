package io.ergane.core.llm;

/**
 * Where and what to write so that a stream reports its usage.
 *
 * @param start first byte to replace, relative to the body; meaningless for NONE and REQUESTED
 * @param end byte after the last one to replace; equal to {@code start} for an insertion
 */
public record UsageSplice(Kind kind, int start, int end) {
  static final UsageSplice NONE = new UsageSplice(Kind.NONE, 0, 0);
  static final UsageSplice REQUESTED = new UsageSplice(Kind.REQUESTED, 0, 0);

  /** The text a splice writes. */
  public enum Kind {
    /** Nothing: no stream, or a {@code stream_options} that only the engine can answer for. */
    NONE(""),
    /** Nothing: asked for already. */
    REQUESTED(""),
    /** A whole {@code stream_options} member after the value of {@code stream}. */
    ADD_OPTIONS(",\"stream_options\":{\"include_usage\":true}"),
    /** An object in place of a null {@code stream_options}. */
    REPLACE_NULL_OPTIONS("{\"include_usage\":true}"),
    /** A first member of a {@code stream_options} object that has others. */
    ADD_FIRST_MEMBER("\"include_usage\":true,"),
    /** The only member of an empty {@code stream_options} object. */
    ADD_ONLY_MEMBER("\"include_usage\":true"),
    /** True in place of another {@code include_usage} value. */
    REPLACE_VALUE("true");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }
}
