package io.ergane.core.schedule;

/**
 * How prompts are cut and how much of them an engine is taken to remember.
 *
 * @param blockBytes bytes of a prompt's first blocks, 16 to 4096; see {@link
 *     io.ergane.core.llm.PrefixBlocks}
 * @param cacheBytes prompt bytes that an engine's cache holds as long as it does not say so itself
 */
public record PromptMemory(int blockBytes, long cacheBytes) {
  /** Blocks of 64 bytes, 50,000 of them. */
  public static final PromptMemory DEFAULT = new PromptMemory(64, 50_000 * 64L);
}
