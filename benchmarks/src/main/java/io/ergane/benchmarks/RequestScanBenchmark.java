package io.ergane.benchmarks;

import io.ergane.core.llm.Api;
import io.ergane.core.llm.RequestScan;
import io.ergane.core.llm.ScanLimits;
import io.ergane.core.llm.Scanned;
import java.nio.charset.StandardCharsets;
import java.util.Random;
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

/** Cost of one pass over a chat request: validation, facts, code points, prompt hashes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RequestScanBenchmark {
  /** Bytes of the prompt. */
  @Param({"600", "400000"})
  int size;

  /**
   * Text without escapes; a line feed about every 70 characters; three-byte characters; token ids.
   */
  @Param({"plain", "lines", "chinese", "ids"})
  String text = "";

  private final RequestScan scan = new RequestScan(ScanLimits.DEFAULT);
  private byte[] body = {};

  /** Makes the body. */
  @Setup
  public void makeBody() {
    StringBuilder prompt = new StringBuilder();
    Random random = new Random(7);
    while (prompt.length() < (text.equals("chinese") ? size / 3 : size)) {
      switch (text) {
        case "plain" -> word(prompt, random).append(' ');
        case "lines" -> word(prompt, random).append(random.nextInt(12) == 0 ? "\\n" : " ");
        case "chinese" -> prompt.append((char) (0x4E00 + random.nextInt(0x5000)));
        default -> prompt.append(prompt.isEmpty() ? "" : ",").append(random.nextInt(150_000));
      }
    }
    body = (text.equals("ids") ? ids(prompt) : chat(prompt)).getBytes(StandardCharsets.UTF_8);
  }

  private static StringBuilder word(StringBuilder out, Random random) {
    for (int letters = 1 + random.nextInt(9); letters > 0; letters--) {
      out.append((char) ('a' + random.nextInt(26)));
    }
    return out;
  }

  private static String ids(CharSequence ids) {
    return "{\"model\":\"llama-3\",\"max_tokens\":128,\"prompt\":[" + ids + "]}";
  }

  private static String chat(CharSequence prompt) {
    return "{\"model\":\"llama-3\",\"stream\":true,\"temperature\":0.7,\"top_p\":0.95,\"max_tokens\":256,\"messages\":["
        + "{\"role\":\"system\",\"content\":\"You are a helpful assistant.\"},{\"role\":\"user\",\"content\":\"Hello, who are you?\"},"
        + "{\"role\":\"assistant\",\"content\":\"I am a model.\"},{\"role\":\"user\",\"content\":\""
        + prompt
        + "\"}]}";
  }

  /** The scan. */
  @Benchmark
  public Scanned scan() {
    return scan.scan(Api.CHAT_COMPLETIONS, body, 0, body.length);
  }
}
