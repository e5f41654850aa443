package io.ergane.benchmarks;

import io.ergane.core.llm.StreamInspector;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Cost of watching one streamed event of about 200 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SseBenchmark {
  private static final byte[] EVENT =
      ("data: {\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"llama-3\","
              + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" hello\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n")
          .getBytes(StandardCharsets.UTF_8);

  private final StreamInspector inspector = new StreamInspector(true, 1 << 16);

  /** A chunk that holds exactly one frame. */
  @Benchmark
  public int wholeFrame() {
    inspector.feed(EVENT, 0, EVENT.length);
    return inspector.held();
  }

  /** A frame in two chunks. */
  @Benchmark
  public int cutFrame() {
    inspector.feed(EVENT, 0, 100);
    inspector.feed(EVENT, 100, EVENT.length - 100);
    return inspector.held();
  }
}
