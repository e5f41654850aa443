package io.ergane.controllers.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.controllers.source.Contents;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RouterConfigurationTest {
  /** The content of the ConfigMap that Kthena's chart ships. */
  private static final String SHIPPED =
      """
      scheduler:
        pluginConfig:
        - name: least-request
          args:
            maxWaitingRequests: 10
        - name: least-latency
          args:
            TTFTTPOTWeightFactor: 0.5
        - name: prefix-cache
          args:
            blockSizeToHash: 64
            maxBlocksToMatch: 128
            maxHashCacheSize: 50000
            topKMatches: 5
        plugins:
          Filter:
            enabled:
              - least-request
            disabled:
              - lora-affinity
          Score:
            enabled:
              - name: least-request
                weight: 1
              - name: gpu-usage
                weight: 1
              - name: least-latency
                weight: 1
              - name: prefix-cache
                weight: 1
      """;

  @TempDir Path folder;

  @Test
  void theShippedConfigurationHasTheDefaultsPluginsWithItsOwnWeightsAndArguments() {
    var outcome = RouterConfiguration.parse("c.yaml", SHIPPED);

    assertThat(outcome.diagnostics()).isEmpty();
    assertThat(outcome.configuration().orElseThrow().auth()).isFalse();
    SchedulingProfile profile = profile(SHIPPED);
    assertThat(profile.filters()).isEqualTo(SchedulingProfile.DEFAULT.filters());
    assertThat(profile.scorers())
        .isEqualTo(
            SchedulingProfile.DEFAULT.scorers().stream()
                .map(scorer -> new SchedulingProfile.WeightedScorer(scorer.name(), 1))
                .toList());
    assertThat(profile.picker()).isEqualTo(SchedulingProfile.DEFAULT_PICKER);
    assertThat(profile.argumentsOf("least-latency"))
        .isEqualTo(Map.of("ttfttpotweightfactor", "0.5"));
    assertThat(profile.argumentsOf("prefix-cache"))
        .containsEntry("maxhashcachesize", "50000")
        .hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "scheduler:\n", "scheduler: {}\n", "auth: {}\n"})
  void whatIsLeftOutIsTheDefault(String text) {
    assertThat(profile(text)).isEqualTo(SchedulingProfile.DEFAULT);
  }

  @Test
  void anEmptyListOfScorersStaysEmpty() {
    SchedulingProfile profile =
        profile("scheduler: {plugins: {Filter: {enabled: [lora-affinity]}, Score: {enabled: []}}}");

    assertThat(profile.filters()).containsExactly("lora-affinity");
    assertThat(profile.scorers()).isEmpty();
  }

  @Test
  void weightsFollowKthena() {
    String text =
        scorers(
            "{name: gpu-usage}",
            "{name: least-request, weight: -3}",
            "{name: prefix-cache, weight: 2}",
            "{name: gpu-usage, weight: 4}");

    assertThat(profile(text).scorers())
        .containsExactly(
            new WeightedScorer("least-request", 0),
            new WeightedScorer("prefix-cache", 2),
            new WeightedScorer("gpu-usage", 4));
    assertThat(messages(text))
        .containsExactly(
            "c.yaml:5 the weight of 'least-request' is -3; 0 is used, accepted is 0 or more.");
  }

  @Test
  void unknownPluginsAreSkippedWithAWarningAtTheirLine() {
    String text = scorers("{name: gpu-usage, weight: 1}", "{name: kvcache-aware, weight: 1}");

    assertThat(profile(text).scorers()).containsExactly(new WeightedScorer("gpu-usage", 1));
    assertThat(messages(text))
        .singleElement()
        .asString()
        .startsWith("c.yaml:5 unknown scorer 'kvcache-aware'; known are ");
  }

  @Test
  void aPickerHasItsOwnSectionOrStandsAmongTheScorers() {
    assertThat(profile("scheduler: {plugins: {Picker: {enabled: [round-robin]}}}").picker())
        .isEqualTo("round-robin");
    String text = scorers("{name: power-of-two, weight: 1}");
    assertThat(profile(text).picker()).isEqualTo("power-of-two");
    assertThat(profile(text).scorers()).isEmpty();
    assertThat(messages(text)).isEmpty();
  }

  @Test
  void randomBesideOthersIsReported() {
    String text = scorers("{name: gpu-usage, weight: 1}", "{name: random, weight: 1}");

    assertThat(messages(text)).singleElement().asString().contains("'random' is left out");
  }

  @ParameterizedTest
  @CsvSource({"1.5", "-0.1", "NaN", "half"})
  void aFactorOutOfRangeIsRefusedWithItsLine(String factor) {
    String text =
        "scheduler:\n  pluginConfig:\n  - name: least-latency\n    args:\n      TTFTTPOTWeightFactor: "
            + factor;
    var outcome = RouterConfiguration.parse("c.yaml", text);

    assertThat(outcome.configuration()).isEmpty();
    assertThat(outcome.diagnostics())
        .anyMatch(each ->
            each.severity() == Severity.ERROR
                && each.source().equals("c.yaml:5")
                && each.message().contains("accepted is a number from 0 to 1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scheduler: [",
        "scheduler: x",
        "- a",
        "a: 1\n---\nb: 2",
        "scheduler: {pluginConfig: [x]}",
        "scheduler: {pluginConfig: [{name: a, args: [1]}]}",
        "scheduler: {plugins: {Filter: {enabled: [{name: a}]}}}",
        "scheduler: {plugins: {Filter: {enabled: least-request}}}",
        "scheduler: {plugins: {Score: {enabled: [least-request]}}}",
        "scheduler: {plugins: {Score: {enabled: [{name: gpu-usage, weight: much}]}}}",
        "scheduler: {plugins: {Picker: {enabled: [round-robin, power-of-two]}}}"
      })
  void whatIsNoConfigurationIsRefused(String text) {
    var outcome = RouterConfiguration.parse("c.yaml", text);

    assertThat(outcome.configuration()).isEmpty();
    assertThat(outcome.diagnostics())
        .isNotEmpty()
        .allMatch(each -> each.source().startsWith("c.yaml:"));
  }

  @Test
  void unknownKeysAreReported() {
    assertThat(messages("scheduler:\n  plugin: {}\nauht: {}\n"))
        .containsExactlyInAnyOrder(
            "c.yaml:2 the key 'scheduler.plugin' is not known and ignored; accepted are [pluginConfig, plugins].",
            "c.yaml:3 the key 'auht' is not known and ignored; accepted are [auth, scheduler].");
  }

  @Test
  void anAuthBlockIsSeen() {
    String text = "auth:\n  issuer: https://issuer.example\n";

    assertThat(RouterConfiguration.parse("c.yaml", text).configuration().orElseThrow().auth())
        .isTrue();
  }

  @Test
  void aBadFileIsRefusedAtStartAndKeepsTheOldOneLater() throws IOException {
    Path path = folder.resolve("routerConfiguration.yaml");
    Files.writeString(path, "scheduler: [\n");
    assertThatThrownBy(() -> RouterConfigurationFile.open(path, Duration.ZERO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path + ":");

    Files.writeString(path, scorers("{name: gpu-usage, weight: 7}"));
    RouterConfigurationFile file = RouterConfigurationFile.open(path, Duration.ZERO);
    SchedulingProfile good = file.configuration().profile();
    for (String bad : List.of("scheduler: x\n", "auth: {issuer: i}\n")) {
      Files.writeString(path, bad);
      Contents contents = file.read();
      assertThat(contents.profile()).contains(good);
      assertThat(contents.diagnostics())
          .singleElement()
          .satisfies(each -> {
            assertThat(each.severity()).isEqualTo(Severity.ERROR);
            assertThat(each.message()).contains("The configuration before it stays in force");
          });
    }
    Files.delete(path);
    assertThat(file.read().profile()).contains(good);
    Files.writeString(path, SHIPPED);
    Contents restored = file.read();
    assertThat(restored.diagnostics()).isEmpty();
    assertThat(restored.profile()).contains(profile(SHIPPED));
  }

  private static String scorers(String... entries) {
    return "scheduler:\n  plugins:\n    Score: {enabled: [\n"
        + String.join(",\n", entries)
        + "]}\n";
  }

  private static SchedulingProfile profile(String text) {
    return RouterConfiguration.parse("c.yaml", text).configuration().orElseThrow().profile();
  }

  private static List<String> messages(String text) {
    return RouterConfiguration.parse("c.yaml", text).diagnostics().stream()
        .map((Diagnostic each) -> each.source() + " " + each.message())
        .toList();
  }
}
