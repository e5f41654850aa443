package io.ergane.core.schedule.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.routing.SchedulingProfile.WeightedScorer;
import io.ergane.core.schedule.PromptMemory;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PluginRegistryTest {
  private static SchedulingProfile profile(String scorer, Map<String, String> arguments) {
    SortedMap<String, SortedMap<String, String>> all = new TreeMap<>();
    all.put("prefix-cache", new TreeMap<>(arguments));
    List<WeightedScorer> scorers = List.of(new WeightedScorer(scorer, 1));
    return new SchedulingProfile(List.of(), scorers, SchedulingProfile.DEFAULT_PICKER, all);
  }

  @Test
  void promptsAreRememberedOnlyForAScorerThatReadsThem() {
    Map<String, String> arguments = Map.of("blocksizetohash", "128");
    assertThat(PluginRegistry.promptMemory(profile("least-request", arguments))).isNull();
    assertThat(PluginRegistry.promptMemory(profile("prefix-cache", Map.of())))
        .isEqualTo(PromptMemory.DEFAULT);
    assertThat(PluginRegistry.promptMemory(profile("prefix-cache", arguments)))
        .isEqualTo(new PromptMemory(128, 50_000 * 128L));
  }

  @Test
  void blocksKeepToWhatAScanAccepts() {
    Map<String, String> tiny = Map.of("blocksizetohash", "1", "maxhashcachesize", "10");
    Map<String, String> huge = Map.of("blocksizetohash", "100000", "maxhashcachesize", "0");
    assertThat(PluginRegistry.promptMemory(profile("prefix-cache", tiny)))
        .isEqualTo(new PromptMemory(16, 10));
    assertThat(PluginRegistry.promptMemory(profile("prefix-cache", huge)))
        .isEqualTo(new PromptMemory(4096, 50_000 * 100_000L));
  }
}
