package io.ergane.extproc.wire;

/**
 * An encoded message.
 *
 * @param bytes not copied; of a message from a {@link WireWriter} they are good until its next use
 */
@SuppressWarnings("ArrayRecordComponent")
public record Encoded(byte[] bytes, int offset, int length) {}
