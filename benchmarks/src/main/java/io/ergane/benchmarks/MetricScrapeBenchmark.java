package io.ergane.benchmarks;

import io.ergane.core.engine.EngineSample;
import io.ergane.core.engine.MetricDialects;
import io.ergane.core.engine.MetricScrape;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading one exposition of vLLM's, in pieces as they come off a socket. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MetricScrapeBenchmark {

  private static final int PIECE = 16 << 10;

  /** Least size of the exposition. */
  @Param({"8192", "102400"})
  public int bytes;

  /** Whose names are looked for. */
  @Param({"vLLM", "any"})
  public String dialect = "";

  private byte[] exposition = {};
  private MetricScrape scrape = new MetricScrape(MetricDialects.any());

  /** Writes the exposition. */
  @Setup
  public void write() {
    exposition = Expositions.vllm(bytes).getBytes(StandardCharsets.US_ASCII);
    scrape = new MetricScrape(MetricDialects.named(dialect).orElseGet(MetricDialects::any));
  }

  /** Reads it. */
  @Benchmark
  public EngineSample read() {
    for (int at = 0; at < exposition.length; at += PIECE) {
      scrape.feed(exposition, at, Math.min(PIECE, exposition.length - at));
    }
    return scrape.finish();
  }
}
