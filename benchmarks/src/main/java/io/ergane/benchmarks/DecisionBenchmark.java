package io.ergane.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.llm.Api;
import io.ergane.core.llm.RequestFacts;
import io.ergane.core.llm.RequestScan;
import io.ergane.core.llm.ScanLimits;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.core.schedule.Mix;
import io.ergane.core.schedule.ScheduleRequest;
import io.ergane.core.schedule.StageTimer;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.DataplaneSettings;
import io.ergane.dataplane.Hold;
import io.ergane.dataplane.PoolRuntime;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/**
 * A whole decision under the default profile: the prompt is looked up for every endpoint, one
 * filter and four scorers run, the choice is reserved, learned and released. Prompts come from a
 * set of {@value #PROMPTS}, most of whose beginnings endpoints hold already; every engine has fresh
 * signals. {@code scanAndDecide} reads and hashes the request's body first.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class DecisionBenchmark {
  private static final int PROMPTS = 32;
  private static final int FALLBACKS = 4;
  private static final ObjectName POOL = new ObjectName("default", "pool");
  private static final ScanLimits LIMITS = new ScanLimits(64, 200);

  /** Endpoints of the pool and bytes of a prompt. */
  @Param({"1000x400000", "1000x32000", "3x1000"})
  public String load = "";

  private final RequestScan scanner = new RequestScan(LIMITS);
  private final byte[][] bodies = new byte[PROMPTS][];
  private final ScheduleRequest[] requests = new ScheduleRequest[PROMPTS];

  @SuppressWarnings("NullAway.Init")
  private PoolRuntime pool;

  private long turn;

  /** Builds the pool, gives every engine a sample and lets endpoints learn each prompt once. */
  @Setup
  public void prepare() {
    String[] parts = load.split("x", 2);
    int endpoints = Integer.parseInt(parts[0]);
    Dataplane dataplane = new Dataplane(DataplaneSettings.DEFAULT, System::nanoTime);
    dataplane.apply(compilation(endpoints));
    long freshForAnHour = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
    for (Dataplane.Watched watched : dataplane.state().watched()) {
      float draw = (Mix.mix(watched.slot()) >>> 40) * 0x1p-24f;
      dataplane
          .board()
          .sample(watched.slot(), 0, 0, draw, 0.1f + draw, 0.01f + draw, freshForAnHour);
    }
    pool = Objects.requireNonNull(dataplane.state().pool(POOL));
    for (int i = 0; i < PROMPTS; i++) {
      bodies[i] = body(i, Integer.parseInt(parts[1]));
      requests[i] = scanned(bodies[i]);
      decide(requests[i]);
    }
  }

  private static Compilation compilation(int endpoints) {
    List<Endpoint> rows =
        IntStream.range(0, endpoints)
            .mapToObj(i ->
                new Endpoint(
                    new ObjectName("default", "pod-" + i),
                    "10.0." + i / 256 + "." + i % 256,
                    8000,
                    false))
            .toList();
    TreeMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    tables.put(POOL, new EndpointTable(POOL, rows));
    Pool pool =
        new Pool(
            POOL,
            null,
            InferenceEngine.VLLM,
            new TreeMap<>(),
            8000,
            false,
            TrafficPolicy.DEFAULT,
            null);
    RoutingImage image =
        new RoutingImage(List.of(), List.of(pool), new TreeSet<>(), SchedulingProfile.DEFAULT);
    return new Compilation(image, tables, List.of(), java.util.Map.of());
  }

  /** A chat request; half of its prompt is common to all, the other half is its own. */
  private static byte[] body(int number, int promptBytes) {
    StringBuilder prompt = new StringBuilder(promptBytes + 16);
    long word = 0;
    while (prompt.length() < promptBytes) {
      long seed = prompt.length() < promptBytes / 2 ? word : word * PROMPTS + number;
      prompt.append(Long.toString(Mix.mix(seed), 36)).append(' ');
      word++;
    }
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(prompt)
        .getBytes(US_ASCII);
  }

  private ScheduleRequest scanned(byte[] body) {
    RequestFacts facts = (RequestFacts) scanner.scan(Api.CHAT_COMPLETIONS, body, 0, body.length);
    return new ScheduleRequest(
        facts.model(),
        false,
        new ScheduleRequest.Prompt(
            facts.blockHashes(), facts.blockCount(), LIMITS.blockBytes(), facts.promptBytes()));
  }

  private int decide(ScheduleRequest request) {
    PoolRuntime.Choice choice =
        pool.choose(request, FALLBACKS, Mix.mix(turn), StageTimer.NONE, null);
    if (choice instanceof Hold hold) {
      hold.end();
      return hold.slot();
    }
    throw new IllegalStateException(choice.toString());
  }

  /** The decision alone: the body was read and hashed before. */
  @Benchmark
  public int decide() {
    return decide(requests[(int) (turn++ % PROMPTS)]);
  }

  /** The body is read and hashed, then the decision is made. */
  @Benchmark
  public int scanAndDecide() {
    return decide(scanned(bodies[(int) (turn++ % PROMPTS)]));
  }
}
