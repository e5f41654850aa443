package io.ergane.simulator.http;

import java.nio.charset.StandardCharsets;

/** What the shapes of an answer need to know about it. */
final class Answer {
  final String id;
  final long createdSeconds;

  /** Escaped for JSON, without quotes. */
  final String model;

  final AnswerText text;
  final int promptTokens;
  final int outputTokens;

  /** Whether a limit ends the answer rather than its last word. */
  final boolean cut;

  final boolean usageWanted;
  int cachedTokens;

  Answer(
      String id,
      long createdSeconds,
      String model,
      AnswerText text,
      int promptTokens,
      int outputTokens,
      boolean cut,
      boolean usageWanted) {
    this.id = id;
    this.createdSeconds = createdSeconds;
    this.model = model;
    this.text = text;
    this.promptTokens = promptTokens;
    this.outputTokens = outputTokens;
    this.cut = cut;
    this.usageWanted = usageWanted;
  }

  /** Usage as chat and text completions report it. */
  String usage() {
    return "\"usage\":{\"prompt_tokens\":"
        + promptTokens
        + ",\"total_tokens\":"
        + (promptTokens + outputTokens)
        + ",\"completion_tokens\":"
        + outputTokens
        + ",\"prompt_tokens_details\":{\"cached_tokens\":"
        + cachedTokens
        + "}}";
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
