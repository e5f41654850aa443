package io.ergane.simulator.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an inference request's body asks for; filled by {@link CallReader}. */
final class EngineCall {
  static final int UNSET = -1;

  final InferenceApi api;

  /** All text of the prompt, inputs or query and documents, each followed by a line feed. */
  final ByteText prompt = new ByteText();

  /**
   * Ends within {@link #prompt} of the inputs of an embedding, or of the documents of a reranking.
   */
  final List<Integer> itemEnds = new ArrayList<>(4);

  @Nullable String model;
  boolean stream;
  boolean usageWanted;
  boolean ignoreEnd;
  boolean base64;
  int maxTokens = UNSET;
  int topN = UNSET;

  /** Span within {@link #prompt} of the last piece of text that is no role or type. */
  int lastPiece;

  int lastPieceEnd;

  /** Where the first item starts. */
  int itemsStart;

  EngineCall(InferenceApi api) {
    this.api = api;
  }
}
