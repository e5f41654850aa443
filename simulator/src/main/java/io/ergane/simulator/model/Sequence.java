package io.ergane.simulator.model;

import org.jspecify.annotations.Nullable;

/** One request inside a model, from submission to its end. */
public final class Sequence {
  enum State {
    WAITING,
    RUNNING,
    FINISHED,
    CANCELLED
  }

  private static final int[] NO_BLOCKS = {};

  final EngineRequest request;
  final TokenListener listener;
  final long id;
  final long submittedNanos;
  State state = State.WAITING;
  int[] blocks = NO_BLOCKS;
  int cachedTokens;

  /** Prompt tokens not yet given to a step. */
  int prefillLeft;

  int generated;

  /** Virtual time before which no first token comes; for a paced sequence, of its next token. */
  long dueNanos;

  long lastTokenNanos;

  Sequence(EngineRequest request, TokenListener listener, long id, long submittedNanos) {
    this.request = request;
    this.listener = listener;
    this.id = id;
    this.submittedNanos = submittedNanos;
  }

  /** Prompt tokens found in the prefix cache at admission. */
  public int cachedTokens() {
    return cachedTokens;
  }

  /** Tokens generated so far. */
  public int generated() {
    return generated;
  }

  /** Whether the request has finished or was cancelled. */
  public boolean ended() {
    return state == State.FINISHED || state == State.CANCELLED;
  }

  boolean isRunning() {
    return state == State.RUNNING;
  }

  @Nullable Pace pace() {
    return request.pace();
  }
}
