package io.ergane.core.llm;

/**
 * Bounds and grain of a request scan.
 *
 * @param blockBytes bytes of the first prompt blocks, 16 to 4096, see {@link PrefixBlocks}; 0 to
 *     leave prompts unhashed
 * @param maxDepth deepest nesting of JSON objects and arrays that is accepted, 8 to 10000
 */
public record ScanLimits(int blockBytes, int maxDepth) {
  /** Blocks of 64 bytes, nesting up to 200. */
  public static final ScanLimits DEFAULT = new ScanLimits(64, 200);

  public ScanLimits {
    if (blockBytes != 0 && (blockBytes < 16 || blockBytes > 4096)) {
      throw new IllegalArgumentException(
          "blockBytes is " + blockBytes + "; 16 to 4096 is accepted, or 0 to hash nothing");
    }
    if (maxDepth < 8 || maxDepth > 10_000) {
      throw new IllegalArgumentException("maxDepth is " + maxDepth + "; 8 to 10000 is accepted");
    }
  }
}
