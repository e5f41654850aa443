package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where requests go by their prompts, with {@code prefix-cache} above {@code least-request}. */
final class PrefixAffinityTest {
  private static final String MODEL = "vendor/model";
  private static final int PROMPT_BYTES = 400_000;

  private Gateway gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    gateway =
        Gateway.in(folder)
            .engine("e-1", "s", MODEL)
            .engine("e-2", "s", MODEL)
            .engine("e-3", "s", MODEL)
            .manifest("models.yaml", Manifests.server("s", MODEL), Manifests.route("chat", "s"));
    String scorers = "least-request:1,prefix-cache:2";
    Path file = gateway.configuration(Manifests.configuration("least-request", scorers, ""));
    gateway.start("--config=" + file);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void requestsThatShareAPromptOfAHundredThousandTokensGoToOneEngine() throws Exception {
    String shared = text(1, PROMPT_BYTES);

    Map<String, Integer> counts =
        Burst.chats(gateway, "chat", 60, 4, i -> shared + " question " + i);

    System.out.println("60 requests that share 100k tokens, by engine: " + counts);
    assertThat(counts.values()).as("%s", counts).anyMatch(count -> count >= 57);
  }

  @Test
  void requestsOfDistinctPromptsSpreadEvenly() throws Exception {
    Map<String, Integer> counts = Burst.chats(gateway, "chat", 300, 4, i -> text(i, 2_000));

    System.out.println("300 requests of distinct prompts, by engine: " + counts);
    assertThat(counts).hasSize(3);
    assertThat(counts.values())
        .as("%s", counts)
        .allSatisfy(count -> assertThat(count / 3.0).isCloseTo(33.3, within(15.0)));
  }

  private static String text(int seed, int bytes) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(bytes + 8);
    while (text.length() < bytes) {
      text.append(Integer.toString(random.nextInt(36 * 36 * 36), 36)).append(' ');
    }
    return text.toString();
  }
}
