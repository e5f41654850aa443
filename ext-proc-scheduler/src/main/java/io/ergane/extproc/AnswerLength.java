package io.ergane.extproc;

/**
 * Output tokens of answers whose engine reported none, from their length: a JSON answer is mostly
 * text of about four bytes a token inside a frame of some hundred bytes, a streamed event carries
 * one token in a frame of its own.
 */
final class AnswerLength {
  private static final long FRAME_BYTES = 350;
  private static final long BYTES_PER_TOKEN = 4;
  private static final long BYTES_PER_EVENT = 240;

  private AnswerLength() {}

  /**
   * @param bytes length of the answer's body
   * @return 0 or more
   */
  static int tokens(long bytes, boolean stream) {
    long tokens =
        stream
            ? bytes / BYTES_PER_EVENT
            : (bytes - FRAME_BYTES + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
    return Math.clamp(tokens, 0, Integer.MAX_VALUE);
  }
}
