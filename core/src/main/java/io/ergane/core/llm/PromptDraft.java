package io.ergane.core.llm;

import org.jspecify.annotations.Nullable;

/**
 * One key's candidate for the prompt: its hashed pieces and its size, or why it cannot be one.
 * Reusable.
 */
final class PromptDraft {
  /** Start of a message, before its role. */
  static final byte MESSAGE = 1;

  /** Between role and content. */
  static final byte CONTENT = 2;

  /** Before each text part of a content list. */
  static final byte PART = 3;

  /** Before a value that is hashed as it is written. */
  static final byte RAW = 4;

  /** Before each element of a list of prompts. */
  static final byte ELEMENT = 5;

  /**
   * Code points of a message beside its role and content: {@code <|im_start|>}, {@code <|im_end|>},
   * two newlines.
   */
  static final long MESSAGE_FRAME = 12 + 1 + 10 + 1;

  final Spans spans = new Spans();
  long codePoints;
  boolean present;
  private @Nullable String unusable;

  void clear() {
    spans.clear();
    codePoints = 0;
    present = false;
    unusable = null;
  }

  void refuse(String reason) {
    if (unusable == null) {
      unusable = reason;
    }
  }

  /** Why this is no prompt; null when it is one. */
  @Nullable String unusable() {
    return unusable;
  }

  /** Adds a message of the router's own role. */
  void message(byte[] role, Spans content, long contentCodePoints) {
    spans.separator(MESSAGE);
    spans.literal(role);
    spans.separator(CONTENT);
    spans.addAll(content);
    codePoints += MESSAGE_FRAME + role.length + contentCodePoints;
  }
}
