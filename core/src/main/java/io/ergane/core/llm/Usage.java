package io.ergane.core.llm;

/**
 * Tokens an engine says it has processed; -1 where it did not say.
 *
 * @param prompt prompt tokens, those read from a cache included
 * @param completion generated tokens
 * @param total both together
 * @param cached prompt tokens read from a cache
 */
public record Usage(int prompt, int completion, int total, int cached) {
  /** Nothing known. */
  public static final Usage UNKNOWN = new Usage(-1, -1, -1, -1);

  /** Usage with its total worked out where the engine left it away. */
  static Usage of(int prompt, int completion, int total, int cached) {
    boolean sum = total < 0 && prompt >= 0 && completion >= 0;
    return new Usage(prompt, completion, sum ? Math.addExact(prompt, completion) : total, cached);
  }

  /** Whether any count is known. */
  public boolean isKnown() {
    return prompt >= 0 || completion >= 0 || total >= 0;
  }

  /**
   * This usage brought up to date by a later report of the same answer: what the later one says
   * counts.
   */
  public Usage updatedBy(Usage later) {
    if (!isKnown()) {
      return later;
    }
    return of(
        later.prompt >= 0 ? later.prompt : prompt,
        later.completion >= 0 ? later.completion : completion,
        later.total,
        later.cached >= 0 ? later.cached : cached);
  }
}
