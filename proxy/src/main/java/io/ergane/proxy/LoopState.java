package io.ergane.proxy;

import io.ergane.core.llm.RequestScan;
import io.ergane.core.llm.ScanLimits;
import io.ergane.core.llm.UsageReader;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.PoolRuntime;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/** What the connections of one event loop share: engine connections, scratch memory, randomness. */
final class LoopState {
  private static final int KEPT_SCRATCH = 1 << 20;

  final EventLoop loop;
  final Sweep sweep;
  final UpstreamPool engines;
  final SplitMix random;
  final RequestIds ids;
  final UsageReader usage = new UsageReader();
  private final int maxJsonDepth;
  private byte[] scratch = new byte[64 << 10];
  private int blockBytes;
  private @Nullable RequestScan scanner;

  LoopState(EventLoop loop, ServerState server, long seed) {
    this.loop = loop;
    sweep = new Sweep(loop, server.dataplane::now);
    engines = new UpstreamPool(server, loop, sweep);
    random = new SplitMix(seed);
    ids = new RequestIds(random);
    maxJsonDepth = server.settings.limits().maxJsonDepth();
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

  /** A scanner with the block size that the pools in force want. */
  RequestScan scanner(Dataplane.State state) {
    int wanted = 64;
    for (PoolRuntime pool : state.pools().values()) {
      wanted = Math.clamp(pool.blockBytes(), 16, 4096);
      break;
    }
    if (scanner == null || wanted != blockBytes) {
      blockBytes = wanted;
      scanner = new RequestScan(new ScanLimits(blockBytes, maxJsonDepth));
    }
    return scanner;
  }

  /** Bytes of the first prompt blocks of the last scan. */
  int blockBytes() {
    return blockBytes;
  }
}
