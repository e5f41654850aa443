package io.ergane.benchmarks;

import io.ergane.core.schedule.Mix;
import io.ergane.core.schedule.PrefixIndex;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A full prefix index of a million entries (8 MiB), chains of 4096 blocks over 64 endpoints:
 * looking a chain up at one endpoint, and learning one, which evicts as many entries as it adds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PrefixIndexBenchmark {
  private static final int BLOCKS = 4096;
  private static final int CHAINS = 512;
  private static final int ENDPOINTS = 64;
  private static final long BLOCK_BYTES = 64;
  private static final long SALT = 1;

  private final PrefixIndex index = new PrefixIndex(1 << 20, 1L << 34);
  private final long[][] chains = new long[CHAINS][BLOCKS];
  private int turn;

  /** Learns twice as many blocks as there is room for. */
  @Setup
  public void fill() {
    long hash = 0;
    for (long[] chain : chains) {
      for (int i = 0; i < BLOCKS; i++) {
        hash = Mix.mix(hash);
        chain[i] = hash;
      }
    }
    for (int i = 0; i < CHAINS; i++) {
      learn(i);
    }
  }

  private int learn(int chain) {
    index.learn(chains[chain], BLOCKS, SALT, chain % ENDPOINTS, BLOCKS * BLOCK_BYTES);
    return index.entries();
  }

  /** Looks up one chain at the endpoint that learned it. */
  @Benchmark
  public int match() {
    int chain = turn++ % CHAINS;
    return index.match(chains[chain], BLOCKS, SALT, chain % ENDPOINTS);
  }

  /** Learns one chain: 4096 entries. */
  @Benchmark
  public int learn() {
    return learn(turn++ % CHAINS);
  }
}
