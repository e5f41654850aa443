package io.ergane.core.schedule;

import io.ergane.core.routing.Endpoint;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a request the choice depends on.
 *
 * @param upstreamModel the name that the engine must know
 * @param adapter the name is a LoRA adapter's
 * @param prompt the hashed prompt; {@link Prompt#NONE} when it was not hashed
 * @param only the endpoints that may be chosen, each as {@code host:port} or as {@code host} for
 *     all of its ports; null for all of the pool's
 */
public record ScheduleRequest(
    String upstreamModel, boolean adapter, Prompt prompt, @Nullable Set<String> only) {

  /** A request for which any endpoint will do. */
  public ScheduleRequest(String upstreamModel, boolean adapter, Prompt prompt) {
    this(upstreamModel, adapter, prompt, null);
  }

  boolean admits(Endpoint endpoint) {
    return only == null
        || only.contains(endpoint.authority())
        || only.contains(endpoint.host())
        || (endpoint.address() != null
            && (only.contains(endpoint.destination()) || only.contains(endpoint.address())));
  }

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

    private static final int BLOCKS_PER_SIZE = 64;
    private static final int SIZES = 6;

    /**
     * Bytes of the first blocks together. Blocks double in length every 64 blocks, six times.
     *
     * @param blocks 0 to {@link #count}
     */
    public int bytesIn(int blocks) {
      long sum = 0;
      int left = blocks;
      for (int size = 0; left > 0; size++) {
        int here = size < SIZES ? Math.min(left, BLOCKS_PER_SIZE) : left;
        sum += (long) here * (blockBytes << Math.min(size, SIZES));
        left -= here;
      }
      return (int) Math.min(sum, bytes);
    }

    /** Share of the prompt in its first blocks, 0 to 1. */
    public float share(int blocks) {
      return bytes == 0 || blocks == 0 ? 0 : (float) bytesIn(blocks) / bytes;
    }
  }
}
