package io.ergane.simulator.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A continuous-batching engine in virtual time. Requests wait in order of arrival. At the start of
 * each step those that fit are admitted: fewer running than the limit, prompt tokens within the
 * step's token budget, KV blocks for prompt and output available. A step takes {@code base +
 * perSequence × running + prompt tokens ÷ prefill rate}; at its end every sequence whose prompt is
 * read gives one token. A prompt larger than any step's budget is read over several steps.
 *
 * <p>A request with a {@link Pace} takes its slot and blocks like any other, but its tokens come at
 * its own times and steps do not count it.
 *
 * <p>Time is an argument and never goes back. The tokens and their virtual times are the same
 * however often {@link #advance} is called, provided that it is called with the time of a {@link
 * #submit} or {@link #cancel} before that. Not thread-safe.
 */
public final class EngineModel {
  /** No time: what {@link #nextWakeup} returns for a model that needs none. */
  public static final long NEVER = Pace.NEVER;

  /**
   * Shortest step in which no sequence can give a token, so that a long wait is not cut into tiny
   * steps.
   */
  private static final long IDLE_STEP_NANOS = 1_000_000;

  private final EngineConfig config;
  private final BlockPool pool;
  private final EngineStats stats = new EngineStats();
  private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> batch = new ArrayList<>();
  private final PriorityQueue<Sequence> paced =
      new PriorityQueue<>(
          Comparator.<Sequence>comparingLong(s -> s.dueNanos).thenComparingLong(s -> s.id));
  private int running;
  private long nextId;
  private long stepEnd = NEVER;
  private long admitAt = NEVER;
  private boolean completing;

  public EngineModel(EngineConfig config) {
    this.config = config;
    this.pool = new BlockPool(config.kvBlocks());
  }

  /**
   * Queues a request. Its first consequences come with the next {@link #advance}.
   *
   * @throws IllegalArgumentException if the request cannot fit even an empty model, see {@link
   *     #accepts}
   * @throws IllegalStateException if the queue is at its limit, see {@link #full}
   */
  public Sequence submit(EngineRequest request, TokenListener listener, long nowNanos) {
    if (!accepts(request.promptTokens(), request.outputTokens())) {
      throw new IllegalArgumentException(
          "the model holds " + config.kvTokens() + " tokens, found a request of " + request);
    }
    if (full()) {
      throw new IllegalStateException("already " + waiting.size() + " requests are waiting");
    }
    Sequence sequence = new Sequence(request, listener, nextId++, nowNanos);
    waiting.add(sequence);
    stats.recordSubmitted();
    admitAt = Math.min(admitAt, nowNanos);
    return sequence;
  }

  /** Whether a request of that size fits the empty model. */
  public boolean accepts(int promptTokens, int outputTokens) {
    return (long) promptTokens + outputTokens <= config.kvTokens();
  }

  /** Whether the waiting queue is at its limit. */
  public boolean full() {
    return waiting.size() >= config.maxWaiting();
  }

  /** Ends a request now and frees what it holds. Returns false if it had ended before. */
  public boolean cancel(Sequence sequence, long nowNanos) {
    switch (sequence.state) {
      case FINISHED, CANCELLED -> {
        return false;
      }
      case WAITING -> waiting.remove(sequence);
      case RUNNING -> {
        int matched = sequence.cachedTokens / config.blockTokens();
        leave(sequence, sequence.generated > 0 ? sequence.blocks.length : matched);
        if (sequence.pace() != null) {
          paced.remove(sequence);
        } else if (!completing) {
          batch.remove(sequence);
        }
      }
    }
    admitAt = Math.min(admitAt, nowNanos);
    sequence.state = Sequence.State.CANCELLED;
    stats.recordCancelled();
    return true;
  }

  /** Produces all tokens due at or before that time, in order of their times. */
  public void advance(long nowNanos) {
    for (long at = nextWakeup(); at <= nowNanos && at != NEVER; at = nextWakeup()) {
      if (at == stepEnd) {
        completeStep(at);
      } else if (!paced.isEmpty() && paced.element().dueNanos == at) {
        producePaced(at);
      }
      if (stepEnd == NEVER) {
        beginStep(at);
      }
    }
  }

  /** The time at which {@link #advance} next has work, or {@link #NEVER}. */
  public long nextWakeup() {
    long due = paced.isEmpty() ? NEVER : paced.element().dueNanos;
    return Math.min(due, stepEnd != NEVER ? stepEnd : waiting.isEmpty() ? NEVER : admitAt);
  }

  /** Requests that hold a slot. */
  public int running() {
    return running;
  }

  /** Requests not yet admitted. */
  public int waiting() {
    return waiting.size();
  }

  /** KV blocks held by requests. */
  public int usedBlocks() {
    return pool.referenced();
  }

  /** KV blocks with the content of a prompt that a later request could use. */
  public int cachedBlocks() {
    return pool.cached();
  }

  /** Held share of the KV blocks, 0 to 1. */
  public double kvUsage() {
    return (double) pool.referenced() / pool.capacity();
  }

  public EngineStats stats() {
    return stats;
  }

  public EngineConfig config() {
    return config;
  }

  private void beginStep(long at) {
    int budget = config.maxBatchTokens();
    int prefill = 0;
    for (Sequence sequence : batch) {
      int chunk = Math.min(sequence.prefillLeft, budget);
      sequence.prefillLeft -= chunk;
      prefill += chunk;
      budget -= Math.max(1, chunk);
    }
    prefill += admit(at, Math.max(0, budget));
    if (batch.isEmpty()) {
      return;
    }
    stepEnd = at + config.stepNanos(batch.size(), prefill);
    long ready = NEVER;
    for (Sequence sequence : batch) {
      ready = Math.min(ready, sequence.prefillLeft > 0 ? at : sequence.dueNanos);
    }
    stepEnd = Math.max(stepEnd, Math.min(ready, at + IDLE_STEP_NANOS));
  }

  /**
   * Admits from the queue's head what has arrived and fits; returns the prompt tokens it puts into
   * the step.
   */
  private int admit(long at, int stepBudget) {
    admitAt = NEVER;
    int budget = stepBudget;
    int prefill = 0;
    for (Sequence head = waiting.peek(); head != null; head = waiting.peek()) {
      if (head.submittedNanos > at) {
        admitAt = head.submittedNanos;
        break;
      }
      EngineRequest request = head.request;
      int matched = pool.match(request.blockHashes());
      int unread = Math.max(1, request.promptTokens() - matched * config.blockTokens());
      boolean isPaced = request.pace() != null;
      int needed = config.blocksOf(request.promptTokens() + request.outputTokens());
      if (running >= config.maxSequences()
          || (!isPaced && !withinBudget(unread, budget))
          || !pool.fits(request.blockHashes(), matched, needed)) {
        break;
      }
      waiting.remove();
      head.blocks = pool.take(request.blockHashes(), matched, needed);
      head.cachedTokens = request.promptTokens() - unread;
      enter(head, at);
      if (!isPaced) {
        int chunk = Math.min(unread, budget);
        head.prefillLeft = unread - chunk;
        budget -= chunk;
        prefill += chunk;
      }
    }
    return prefill;
  }

  /** A prompt that no step could hold beside a full batch takes what is left of this one. */
  private boolean withinBudget(int unread, int budget) {
    int most = Math.max(1, config.maxBatchTokens() - config.maxSequences());
    return unread <= budget || (unread > most && budget > 0);
  }

  private void enter(Sequence sequence, long at) {
    sequence.state = Sequence.State.RUNNING;
    running++;
    stats.recordAdmitted(sequence);
    Pace pace = sequence.pace();
    if (pace != null) {
      sequence.dueNanos = Pace.after(at, pace.firstTokenNanos());
      paced.add(sequence);
    } else {
      sequence.dueNanos = at + config.firstTokenNanos();
      batch.add(sequence);
    }
  }

  private void completeStep(long at) {
    stepEnd = NEVER;
    completing = true;
    for (int i = 0; i < batch.size(); i++) {
      Sequence sequence = batch.get(i);
      if (sequence.isRunning() && sequence.prefillLeft == 0 && sequence.dueNanos <= at) {
        produce(sequence, 1, at);
      }
    }
    completing = false;
    batch.removeIf(sequence -> !sequence.isRunning());
  }

  private void producePaced(long at) {
    Sequence sequence = paced.remove();
    Pace pace = sequence.pace();
    int left = sequence.request.outputTokens() - sequence.generated;
    if (pace != null && left > 1) {
      long gap = pace.interTokenNanos();
      if (gap > 0) {
        left = 1;
        sequence.dueNanos = Pace.after(at, gap);
        paced.add(sequence);
      }
    }
    produce(sequence, left, at);
  }

  private void produce(Sequence sequence, int wanted, long at) {
    int first = sequence.generated;
    int count = Math.min(wanted, sequence.request.outputTokens() - first);
    sequence.generated += count;
    boolean last = sequence.generated == sequence.request.outputTokens();
    if (count > 0) {
      stats.recordTokens(sequence, first, count, at);
    }
    if (last) {
      sequence.state = Sequence.State.FINISHED;
      leave(sequence, sequence.blocks.length);
      stats.recordFinished(sequence, at);
      if (stepEnd == NEVER || completing) {
        admitAt = Math.min(admitAt, at);
      }
    }
    sequence.listener.onTokens(first, count, last, at);
  }

  private void leave(Sequence sequence, int computedBlocks) {
    pool.release(sequence.blocks, computedBlocks);
    running--;
  }
}
