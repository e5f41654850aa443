package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.e2e.SteadyLoad.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an edit of a file does to requests that keep coming. */
final class LiveChangesTest {
  private static final String MODEL = "vendor/model";
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private Gateway gateway;
  private Path configuration;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    gateway =
        Gateway.in(folder)
            .engine("a-1", "a", MODEL)
            .engine("b-1", "b", MODEL)
            .manifest("models.yaml", Manifests.server("a", MODEL), Manifests.server("b", MODEL))
            .manifest("route.yaml", Manifests.route("live", "a"));
    configuration = gateway.configuration(Manifests.configuration("", "least-request", ""));
    gateway.start("--config=" + configuration);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void anEditMovesTrafficSoonAndNoRequestFails() throws IOException {
    long edited;
    List<Outcome> outcomes;
    try (SteadyLoad load = load()) {
      load.awaitMore(20);
      edited = System.nanoTime();
      gateway.manifest("route.yaml", Manifests.route("live", "b"));
      await()
          .atMost(Gateway.PATIENCE)
          .until(() -> load.outcomes().getLast().engine().equals("b-1"));
      load.awaitMore(20);
      outcomes = load.outcomes();
    }

    LostRequests.none(outcomes);
    long lastByOld = engine(outcomes, "a-1").mapToLong(Outcome::begun).max().orElseThrow() - edited;
    long firstByNew =
        engine(outcomes, "b-1").mapToLong(Outcome::ended).min().orElseThrow() - edited;
    System.out.printf(
        "an edit under load: first answer by the new route after %d ms, last request by the old one"
            + " begun after %d ms; %d requests, none failed%n",
        firstByNew / 1_000_000, lastByOld / 1_000_000, outcomes.size());
    assertThat(Duration.ofNanos(firstByNew)).isLessThan(LONGEST);
    assertThat(Duration.ofNanos(lastByOld)).isLessThan(LONGEST);
    assertThat(outcomes.subList(outcomes.size() - 10, outcomes.size()))
        .allSatisfy(outcome -> assertThat(outcome.engine()).isEqualTo("b-1"));
  }

  private static Stream<Outcome> engine(List<Outcome> outcomes, String name) {
    return outcomes.stream().filter(outcome -> outcome.engine().equals(name));
  }

  @Test
  void aBrokenEditChangesNothingAndSaysWhereAndWhy() throws IOException {
    String image = image();
    String typo = Manifests.route("live", "b").replace("    targetModels:", "    targetModel:");
    String expression =
        Manifests.route("live", "b")
            .replace(
                "  - name: default",
                "  - name: default\n    modelMatch:\n      uri:\n        regex: \"/v1/(\"");
    String cut = "kind: ModelRoute\nmetadata: {name: live\n";

    try (SteadyLoad load = load()) {
      load.awaitMore(5);
      breaks(load, typo, "route.yaml:9", "targetModel", "targetModels");
      breaks(load, expression, "route.yaml:", "regex", "/v1/(");
      breaks(load, cut, "route.yaml:");
      load.close();

      LostRequests.none(load.outcomes());
      assertThat(load.outcomes())
          .allSatisfy(outcome -> assertThat(outcome.engine()).isEqualTo("a-1"));
      assertThat(image()).isEqualTo(image);
    }
  }

  private void breaks(SteadyLoad load, String text, String... said) throws IOException {
    gateway.manifest("route.yaml", Manifests.route("live", "a"));
    await().atMost(Gateway.PATIENCE).until(() -> errors().isEmpty());
    gateway.manifest("route.yaml", text);
    await().atMost(Gateway.PATIENCE).until(() -> !errors().isEmpty());
    assertThat(String.join("\n", errors())).contains(said);
    load.awaitMore(10);
  }

  @Test
  void ofTwoObjectsOfOneNameTheSecondIsIgnoredAndNamed() throws IOException {
    String image = image();
    try (SteadyLoad load = load()) {
      load.awaitMore(5);
      gateway.manifest("second.yaml", Manifests.route("live", "b"));
      await().atMost(Gateway.PATIENCE).until(() -> !errors().isEmpty());
      load.awaitMore(10);
      load.close();

      assertThat(String.join("\n", errors()))
          .contains("second.yaml:", "default/live", "route.yaml");
      LostRequests.none(load.outcomes());
      assertThat(load.outcomes())
          .allSatisfy(outcome -> assertThat(outcome.engine()).isEqualTo("a-1"));
      assertThat(image()).isEqualTo(image);
    }
  }

  @Test
  void aDeletedFileTakesItsObjectsAndBringsThemBackWhenItReturns() throws IOException {
    try (SteadyLoad load = load()) {
      load.awaitMore(5);
      goesAndReturns(load, "route.yaml", 404);
      goesAndReturns(load, "pods.yaml", 503);
      load.awaitMore(10);
      load.close();

      assertThat(load.outcomes())
          .allSatisfy(
              outcome -> assertThat(outcome.status()).as(outcome.text()).isIn(200, 404, 503));
    }
  }

  private void goesAndReturns(SteadyLoad load, String name, int meanwhile) throws IOException {
    Path file = gateway.manifestFile(name);
    String text = Files.readString(file);
    Files.delete(file);
    awaitStatus(load, meanwhile);
    Gateway.replace(file, text);
    awaitStatus(load, 200);
  }

  private static void awaitStatus(SteadyLoad load, int status) {
    await().atMost(Gateway.PATIENCE).until(() -> load.outcomes().getLast().status() == status);
  }

  @Test
  void aBrokenRouterConfigurationLeavesTheOldOneInForce() throws IOException {
    String image = image();
    try (SteadyLoad load = load()) {
      load.awaitMore(5);
      Gateway.replace(configuration, "scheduler:\n  plugins:\n    Score:\n      enabled: soon\n");
      await().atMost(Gateway.PATIENCE).until(() -> !errors().isEmpty());
      assertThat(String.join("\n", errors()))
          .contains("routerConfiguration.yaml:4", "stays in force");
      assertThat(image()).isEqualTo(image);
      load.awaitMore(10);

      Gateway.replace(configuration, Manifests.configuration("", "random", ""));
      await().atMost(Gateway.PATIENCE).until(() -> errors().isEmpty());
      assertThat(image()).isNotEqualTo(image);
      load.close();

      LostRequests.none(load.outcomes());
    }
  }

  private SteadyLoad load() {
    return SteadyLoad.start(
        gateway, 4, Duration.ofMillis(80), i -> Chats.body("live", "question " + i));
  }

  private String image() {
    return gateway.running().dataplane().state().image().hash();
  }

  private List<String> errors() {
    return gateway.diagnostics().stream().filter(line -> line.contains("error: ")).toList();
  }
}
