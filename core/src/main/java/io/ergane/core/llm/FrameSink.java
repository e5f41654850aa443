package io.ergane.core.llm;

/** Receives the frames of an event stream. */
public interface FrameSink {
  /**
   * One frame with the blank line that ends it, or what is left at the end of the stream.
   *
   * @param bytes valid during the call only
   */
  void frame(byte[] bytes, int offset, int length);

  /** A frame longer than the splitter's bound has ended; its bytes are not delivered. */
  default void oversized(long length) {}
}
