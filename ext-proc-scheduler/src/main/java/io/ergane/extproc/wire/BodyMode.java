package io.ergane.extproc.wire;

/** How Envoy sends a body: {@code ProcessingMode.BodySendMode}, in its order. */
public enum BodyMode {
  NONE,
  STREAMED,
  BUFFERED,
  BUFFERED_PARTIAL,
  FULL_DUPLEX_STREAMED,
  /** One that this build does not know. */
  OTHER;

  private static final BodyMode[] ALL = values();

  static BodyMode of(long number) {
    return number >= 0 && number < ALL.length - 1 ? ALL[(int) number] : OTHER;
  }
}
