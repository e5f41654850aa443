package io.ergane.core.schedule;

/**
 * What of a request the choice depends on.
 *
 * @param upstreamModel the name that the engine must know
 * @param adapter the name is a LoRA adapter's
 * @param prompt the hashed prompt; {@link Prompt#NONE} when it was not hashed
 */
public record ScheduleRequest(String upstreamModel, boolean adapter, Prompt prompt) {

  /**
   * Chained block hashes of a prompt.
   *
   * @param hashes one a block; not copied and not to be changed afterwards
   * @param count hashes in use
   * @param blockBytes bytes of the first blocks; see {@link io.ergane.core.llm.PrefixBlocks} for
   *     how blocks grow
   * @param bytes length of the hashed prompt
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Prompt(long[] hashes, int count, int blockBytes, int bytes) {
    public static final Prompt NONE = new Prompt(new long[0], 0, 64, 0);
  }
}
