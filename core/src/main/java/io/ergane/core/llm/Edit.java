package io.ergane.core.llm;

/**
 * A replacement of bytes of a body.
 *
 * @param start first byte to replace, relative to the body
 * @param end byte after the last one; equal to {@code start} for an insertion
 * @param replacement the bytes to write; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Edit(int start, int end, byte[] replacement) {
  /** Change of the body's length in bytes. */
  public int growth() {
    return replacement.length - (end - start);
  }
}
