package io.ergane.simulator.http;

import io.netty.buffer.ByteBuf;

/** Writes one generated answer the way its API does: as an event stream, or whole. */
interface AnswerShape extends WholeAnswer {
  static AnswerShape of(InferenceApi api, Answer answer) {
    return switch (api) {
      case CHAT_COMPLETIONS -> new CompletionShape(answer, true);
      case COMPLETIONS -> new CompletionShape(answer, false);
      case RESPONSES -> new ResponsesShape(answer);
      case MESSAGES -> new MessagesShape(answer);
      case EMBEDDINGS, RERANK -> throw new IllegalArgumentException(api + " generates no text");
    };
  }

  /** Events before the first token. */
  void begin(ByteBuf out);

  /** The event of one token. */
  void token(ByteBuf out, int index);

  /** Events after the last token. */
  void end(ByteBuf out);
}
