package io.ergane.extproc;

import io.ergane.dataplane.decision.Decider;
import io.ergane.dataplane.decision.RequestIds;
import io.ergane.dataplane.decision.SplitMix;
import io.ergane.extproc.wire.ProcessingAnswers;
import java.util.concurrent.Executor;

/** What the streams of one thread share. */
final class LoopState {
  final Decider decider;
  final RequestIds ids;
  final ProcessingAnswers answers = new ProcessingAnswers();
  final Undecided undecided;

  /** Runs what is for streams of this thread. */
  final Executor thread;

  LoopState(ServerState server, long seed, Executor thread) {
    this.thread = thread;
    undecided = new Undecided(server.settings.timeouts().upload().toNanos());
    SplitMix random = new SplitMix(seed);
    int depth = server.settings.limits().maxJsonDepth();
    decider =
        new Decider(server.dataplane, server.telemetry, depth, random, server.settings.seed());
    ids = new RequestIds(random);
  }
}
