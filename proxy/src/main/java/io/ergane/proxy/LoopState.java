package io.ergane.proxy;

import io.ergane.core.llm.UsageReader;
import io.ergane.dataplane.decision.Decider;
import io.ergane.dataplane.decision.RequestIds;
import io.ergane.dataplane.decision.SplitMix;
import io.netty.channel.EventLoop;

/** What the connections of one event loop share: engine connections, scratch memory, randomness. */
final class LoopState {
  private static final int KEPT_SCRATCH = 1 << 20;

  final EventLoop loop;
  final Sweep sweep;
  final UpstreamPool engines;
  final Decider decider;
  final RequestIds ids;
  final UsageReader usage = new UsageReader();
  private byte[] scratch = new byte[64 << 10];

  LoopState(EventLoop loop, ServerState server, long seed) {
    this.loop = loop;
    sweep = new Sweep(loop, server.dataplane::now);
    engines = new UpstreamPool(server, loop, sweep);
    SplitMix random = new SplitMix(seed);
    int depth = server.settings.limits().maxJsonDepth();
    decider =
        new Decider(server.dataplane, server.telemetry, depth, random, server.settings.seed());
    ids = new RequestIds(random);
  }

  /** Memory for the length of one call, not kept beyond 1 MiB. */
  byte[] scratch(int length) {
    if (length <= scratch.length) {
      return scratch;
    }
    if (length > KEPT_SCRATCH) {
      return new byte[length];
    }
    scratch = new byte[Math.min(KEPT_SCRATCH, Math.max(length, scratch.length * 2))];
    return scratch;
  }
}
