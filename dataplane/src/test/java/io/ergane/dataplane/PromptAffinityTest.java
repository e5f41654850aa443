package io.ergane.dataplane;

import static io.ergane.dataplane.Fleet.PREFIX_ONLY;
import static io.ergane.dataplane.Fleet.choose;
import static io.ergane.dataplane.Fleet.endpoints;
import static io.ergane.dataplane.Fleet.pool;
import static io.ergane.dataplane.Fleet.settings;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.llm.Api;
import io.ergane.core.llm.RequestFacts;
import io.ergane.core.llm.RequestScan;
import io.ergane.core.llm.ScanLimits;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.schedule.ScheduleRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptAffinityTest {
  private static final int PROMPT_BYTES = 400_000;

  private static Dataplane dataplane(SchedulingProfile profile, int endpoints) {
    Dataplane dataplane = new Dataplane(settings(64, 1 << 16), () -> 0);
    dataplane.apply(Fleet.of(profile, endpoints(endpoints)));
    return dataplane;
  }

  /** The long system prompt of a group. */
  private static String system(int group) {
    StringBuilder system = new StringBuilder(PROMPT_BYTES);
    Random random = new Random(group);
    while (system.length() < PROMPT_BYTES) {
      system.append(Long.toString(random.nextLong(), 36)).append(' ');
    }
    return system.toString();
  }

  /** A chat request with a question of its own. */
  private static ScheduleRequest chat(String system, int question) {
    byte[] body =
        """
        {"model":"m","messages":[{"role":"system","content":"%s"},\
        {"role":"user","content":"question %d"}]}\
        """
            .formatted(system, question)
            .getBytes(US_ASCII);
    RequestFacts facts =
        (RequestFacts)
            RequestScan.scan(Api.CHAT_COMPLETIONS, body, 0, body.length, new ScanLimits(64, 64));
    return new ScheduleRequest(
        "m",
        false,
        new ScheduleRequest.Prompt(
            facts.blockHashes(), facts.blockCount(), 64, facts.promptBytes()));
  }

  private static double share(Dataplane dataplane, int groups, int requests, int inFlight) {
    String[] systems =
        IntStream.range(0, groups).mapToObj(PromptAffinityTest::system).toArray(String[]::new);
    int[][] counts = new int[groups][64];
    Deque<Hold> running = new ArrayDeque<>();
    for (int i = 0; i < groups * requests; i++) {
      Hold hold = choose(dataplane, chat(systems[i % groups], i), i);
      counts[i % groups][hold.slot()]++;
      running.add(hold);
      while (running.size() > inFlight) {
        running.remove().end();
      }
    }
    running.forEach(Hold::end);
    int together = 0;
    for (int[] group : counts) {
      together += java.util.Arrays.stream(group).max().orElse(0);
    }
    return together / (double) (groups * requests);
  }

  @Test
  void requestsThatShareALongPromptGoToOneEndpoint() {
    assertThat(share(dataplane(PREFIX_ONLY, 8), 5, 40, 16)).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void theDefaultProfileKeepsThemTogetherToo() {
    assertThat(share(dataplane(SchedulingProfile.DEFAULT, 8), 5, 40, 16))
        .isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void distinctPromptsSpreadEvenly() {
    Dataplane dataplane = dataplane(PREFIX_ONLY, 10);
    int[] counts = new int[10];
    int requests = 20_000;
    for (int i = 0; i < requests; i++) {
      Hold hold = choose(dataplane, Fleet.request(1_000L * i, 4), i);
      counts[hold.slot()]++;
      hold.end();
    }
    double expected = requests / 10.0;
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    // The 99.9 % point for nine degrees of freedom.
    assertThat(chiSquare).isLessThan(27.9);
  }

  @Test
  void aMillionDistinctPromptsKeepTheIndexWithinItsBound() {
    Dataplane dataplane = dataplane(PREFIX_ONLY, 2);
    PoolRuntime pool = pool(dataplane);
    long evictions = 0;
    for (int i = 0; i < 1_000_000; i++) {
      Hold hold = choose(pool, Fleet.request(1_000L * i, 2), i);
      evictions += hold.prefixEvictions();
      hold.end();
    }
    assertThat(pool.prefixEntries()).isBetween(1 << 12, 1 << 16);
    assertThat(pool.prefixEvictions()).isEqualTo(evictions).isPositive();
    // A few blocks of the two million have the same tag in the same bucket.
    assertThat(evictions + pool.prefixEntries()).isBetween(1_999_000L, 2_000_000L);
  }
}
