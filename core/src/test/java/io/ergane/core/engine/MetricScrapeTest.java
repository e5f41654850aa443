package io.ergane.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class MetricScrapeTest {

  private final MetricScrape scrape = new MetricScrape(VllmDialect.DIALECT, 256);

  @Test
  void missingGaugesAreUnknownAndNotZero() {
    EngineSample sample = read("vllm:num_requests_running 0\n");

    assertThat(sample.running()).isZero();
    assertThat(sample.waiting()).isNaN();
    assertThat(sample.kvUsage()).isNaN();
    assertThat(sample.ttftSum()).isNaN();
    assertThat(sample.tpotCount()).isNaN();
    assertThat(sample.kvCapacityTokens()).isEqualTo(-1);
    assertThat(sample.saysAnything()).isTrue();
  }

  @Test
  void anExpositionOfSomethingElseSaysNothing() {
    EngineSample sample =
        read("<html><body>vllm:num_requests_running 3</body></html>\nnode_load1 3\n");

    assertThat(sample).isEqualTo(EngineSample.UNKNOWN);
    assertThat(sample.saysAnything()).isFalse();
  }

  @Test
  void namesAreComparedWhole() {
    EngineSample sample =
        read(
            """
            vllm:num_requests_running_total 9
            vllm:num_requests_runnin 9
            xvllm:num_requests_running 9
            """);

    assertThat(sample.running()).isNaN();
  }

  @Test
  void requestsAreSummedAndTheFullestCacheCounts() {
    EngineSample sample = read(Expositions.VLLM);

    assertThat(sample.running()).isEqualTo(12);
    assertThat(sample.waiting()).isEqualTo(3);
    assertThat(sample.kvUsage()).isEqualTo(0.75f);
  }

  @Test
  void labelValuesMayHoldBracesCommasQuotesAndLineFeedsEscaped() {
    EngineSample sample =
        read(
            """
            vllm:num_requests_running{a="}} 1",b="\\"x\\" , y=",c="\\\\",d="\\n"} 4
            vllm:num_requests_waiting { a = "b" , } 5
            """);

    assertThat(sample.running()).isEqualTo(4);
    assertThat(sample.waiting()).isEqualTo(5);
    assertThat(scrape.unreadableLines()).isZero();
  }

  @Test
  void timestampsAndExemplarsBehindTheValueAreIgnored() {
    EngineSample sample =
        read(
            """
            vllm:num_requests_running{e="0"} 4 1700000000000
            vllm:time_to_first_token_seconds_count 3 1700000000.5 # {trace_id="ab"} 0.5 17
            vllm:time_to_first_token_seconds_sum 6.0 # {trace_id="ab"} 0.5
            # EOF
            """);

    assertThat(sample.running()).isEqualTo(4);
    assertThat(sample.ttftCount()).isEqualTo(3);
    assertThat(sample.ttftSum()).isEqualTo(6);
  }

  @Test
  void numbersMayHaveExponents() {
    EngineSample sample =
        read("vllm:num_requests_running 1.2e+01\nvllm:kv_cache_usage_perc 2.5E-1\n");

    assertThat(sample.running()).isEqualTo(12);
    assertThat(sample.kvUsage()).isEqualTo(0.25f);
  }

  @Test
  void valuesThatCannotBeTrueAreUnknown() {
    assertThat(read("vllm:num_requests_running NaN\n").running()).isNaN();
    assertThat(read("vllm:num_requests_running +Inf\n").running()).isNaN();
    assertThat(read("vllm:num_requests_running -1\n").running()).isNaN();
    assertThat(
            read("vllm:kv_cache_usage_perc{e=\"0\"} 0.5\nvllm:kv_cache_usage_perc{e=\"1\"} NaN\n")
                .kvUsage())
        .isNaN();
    assertThat(scrape.unreadableLines()).isZero();
  }

  @Test
  void unreadableLinesOfInterestAreCountedAndPassedOver() {
    EngineSample sample =
        read(
            """
            vllm:num_requests_running{e="0"} many
            vllm:num_requests_running{e="1" 4
            vllm:num_requests_running{e=1} 4
            vllm:num_requests_running{="1"} 4
            vllm:num_requests_running{e="1"}
            vllm:num_requests_running{e="2"} 4
            some{thing="else"} ???
            """);

    assertThat(sample.running()).isEqualTo(4);
    assertThat(scrape.unreadableLines()).isEqualTo(5);
  }

  @Test
  void aLineLongerThanTheLimitIsUnreadable() {
    String label = "x".repeat(300);

    EngineSample sample =
        read(
            "vllm:num_requests_running{a=\"%s\"} 4\nvllm:num_requests_waiting 2\nother{a=\"%s\"} 1\n"
                .formatted(label, label));

    assertThat(sample.running()).isNaN();
    assertThat(sample.waiting()).isEqualTo(2);
    assertThat(scrape.unreadableLines()).isEqualTo(1);
  }

  @Test
  void theLastLineNeedsNoLineFeed() {
    assertThat(read("vllm:num_requests_running 3").running()).isEqualTo(3);
  }

  @Test
  void aLimitThatNoLineFitsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MetricScrape(VllmDialect.DIALECT, 10))
        .withMessageContaining("10")
        .withMessageContaining("64");
  }

  private EngineSample read(String text) {
    return Expositions.whole(scrape, text);
  }
}
