package io.ergane.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MetricScrapeLawsTest {

  private static final MetricDialect VLLM = VllmDialect.DIALECT;

  @Test
  void splitPointsDoNotMatter() {
    for (int seed = 0; seed < 400; seed++) {
      var random = new Random(seed);
      String text = hostile(random);
      var scrape = new MetricScrape(VLLM, 128);
      EngineSample whole = Expositions.whole(scrape, text);
      int unreadable = scrape.unreadableLines();

      EngineSample pieces = Expositions.inPieces(scrape, text, random);

      assertThat(pieces).as("seed %d", seed).isEqualTo(whole);
      assertThat(scrape.unreadableLines()).as("seed %d", seed).isEqualTo(unreadable);
    }
  }

  @Test
  void everySingleSplitPointGivesTheSameSample() {
    byte[] bytes = Expositions.VLLM.getBytes(StandardCharsets.UTF_8);
    EngineSample whole = Expositions.read(VLLM, Expositions.VLLM);
    var scrape = new MetricScrape(VLLM);
    for (int cut = 0; cut <= bytes.length; cut++) {
      scrape.feed(bytes, 0, cut);
      scrape.feed(bytes, cut, bytes.length - cut);
      assertThat(scrape.finish()).as("cut at %d", cut).isEqualTo(whole);
    }
  }

  @Test
  void orderOfLinesDoesNotMatter() {
    List<String> lines = new ArrayList<>(Expositions.VLLM.lines().toList());
    EngineSample expected = Expositions.read(VLLM, Expositions.VLLM);
    for (int seed = 0; seed < 100; seed++) {
      Collections.shuffle(lines, new Random(seed));
      assertThat(Expositions.read(VLLM, String.join("\n", lines))).isEqualTo(expected);
    }
  }

  @Test
  void linesOfOtherFamiliesChangeNothing() {
    EngineSample expected = Expositions.read(VLLM, Expositions.VLLM);
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      Expositions.VLLM
          .lines()
          .forEach(line -> text.append(noise(random)).append('\n').append(line).append('\n'));
      assertThat(Expositions.read(VLLM, text.toString())).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void anyBytesAreReadWithoutThrowing() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      byte[] bytes = hostile(random).getBytes(StandardCharsets.UTF_8);
      for (int flips = 0; flips < 40; flips++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      var scrape = new MetricScrape(MetricDialects.any(), 200);
      scrape.feed(bytes, 0, bytes.length);
      EngineSample sample = scrape.finish();
      assertThat(sample.running())
          .satisfiesAnyOf(v -> assertThat(v).isNaN(), v -> assertThat(v).isNotNegative());
    }
  }

  @Test
  void aFinishedReaderIsAsNew() {
    var scrape = new MetricScrape(VLLM);
    EngineSample first = Expositions.whole(scrape, Expositions.VLLM);

    assertThat(scrape.finish()).isEqualTo(EngineSample.UNKNOWN);
    assertThat(Expositions.whole(scrape, Expositions.VLLM)).isEqualTo(first);
  }

  @Test
  void aResetForgetsWhatWasFed() {
    var scrape = new MetricScrape(VLLM);
    byte[] half = Expositions.VLLM.substring(0, 900).getBytes(StandardCharsets.UTF_8);
    scrape.feed(half, 0, half.length);

    scrape.reset();

    assertThat(scrape.finish()).isEqualTo(EngineSample.UNKNOWN);
  }

  private static String noise(Random random) {
    String[] starts = {
      "", "# ", "vllm:num_requests_runnin", "vllm:num_requests_running_max", "v", "#"
    };
    var line = new StringBuilder(starts[random.nextInt(starts.length)]);
    if (line.indexOf("running_max") < 0) {
      line.append("X{a=\"");
    }
    for (int i = random.nextInt(60); i > 0; i--) {
      line.append((char) (' ' + random.nextInt(90)));
    }
    return line.toString();
  }

  /** Lines good and bad, some longer than the limit, with every kind of line end. */
  private static String hostile(Random random) {
    String[] lines = {
      "vllm:num_requests_running{m=\"a\"} 3",
      "vllm:num_requests_running 4 1700000000000",
      "vllm:num_requests_running{m=\"a",
      "vllm:num_requests_running",
      "vllm:num_requests_running{m=\"" + "x".repeat(90 + random.nextInt(30)) + "\"} 1",
      "vllm:num_requests_waiting{m=\"a\\\"} 9\"} 2",
      "vllm:num_requests_waiting\t\t5",
      "   vllm:kv_cache_usage_perc 0.5",
      " ".repeat(100) + "vllm:kv_cache_usage_perc 0.25",
      "vllm:gpu_cache_usage_perc{} 1e-1",
      "vllm:time_to_first_token_seconds_sum 12.5",
      "vllm:time_to_first_token_seconds_count 3",
      "vllm:time_to_first_token_seconds_count three",
      "vllm:cache_config_info{num_gpu_blocks=\"10\",block_size=\"16\",} 1.0",
      "",
      "y".repeat(random.nextInt(300)),
    };
    String[] ends = {"\n", "\r\n", "\n\n", " \n"};
    var text = new StringBuilder();
    for (int i = 5 + random.nextInt(40); i > 0; i--) {
      text.append(lines[random.nextInt(lines.length)]).append(ends[random.nextInt(ends.length)]);
    }
    return text.append(lines[random.nextInt(lines.length)]).toString();
  }
}
