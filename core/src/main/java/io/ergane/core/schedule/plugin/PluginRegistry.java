package io.ergane.core.schedule.plugin;

import io.ergane.core.routing.SchedulingProfile;
import io.ergane.core.schedule.Filter;
import io.ergane.core.schedule.Picker;
import io.ergane.core.schedule.Pipeline;
import io.ergane.core.schedule.PromptMemory;
import io.ergane.core.schedule.Scorer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every plugin by the name that the router's configuration uses. */
public final class PluginRegistry {
  private static final Map<String, Function<Arguments, Filter>> FILTERS =
      new TreeMap<>(
          Map.of("least-request", LeastRequestFilter::new, "lora-affinity", LoraAffinity::new));

  private static final Map<String, Function<Arguments, Scorer>> SCORERS =
      new TreeMap<>(
          Map.of(
              "least-request",
              LeastRequestScorer::new,
              "gpu-usage",
              GpuUsage::new,
              "least-latency",
              LeastLatency::new,
              PrefixCache.NAME,
              PrefixCache::new,
              "random",
              RandomScorer::new));

  private static final Map<String, Function<Arguments, Picker>> PICKERS =
      new TreeMap<>(
          Map.of(
              SchedulingProfile.DEFAULT_PICKER,
              MaxScore::new,
              "round-robin",
              RoundRobin::new,
              "power-of-two",
              PowerOfTwo::new));

  private PluginRegistry() {}

  /** Problems of a profile, in words; empty when all of it can be built. */
  public static List<String> problems(SchedulingProfile profile) {
    Built built = build(profile);
    return built.problems;
  }

  /** The profile's plugins; names that are not known are left out. */
  public static Pipeline pipeline(SchedulingProfile profile) {
    Built built = build(profile);
    return new Pipeline(built.filters, built.scorers, built.picker);
  }

  /** How prompts are to be remembered; null when no scorer of the profile reads that. */
  public static @Nullable PromptMemory promptMemory(SchedulingProfile profile) {
    for (Pipeline.Weighted weighted : build(profile).scorers) {
      if (weighted.scorer() instanceof PrefixCache prefixCache) {
        return prefixCache.memory();
      }
    }
    return null;
  }

  private static Built build(SchedulingProfile profile) {
    Built built = new Built();
    for (String name : profile.filters()) {
      Filter filter = create(FILTERS, "filter", name, profile, built.problems);
      if (filter != null) {
        built.filters.add(filter);
      }
    }
    Map<String, Integer> weights = new LinkedHashMap<>();
    profile.scorers().forEach(scorer -> weights.put(scorer.name(), scorer.weight()));
    if (weights.size() > 1 && weights.remove("random") != null) {
      built.problems.add("scorer 'random' is left out beside other scorers");
    }
    weights.forEach((name, weight) -> {
      Scorer scorer = create(SCORERS, "scorer", name, profile, built.problems);
      if (scorer != null) {
        built.scorers.add(new Pipeline.Weighted(scorer, weight));
      }
    });
    Picker picker = create(PICKERS, "picker", profile.picker(), profile, built.problems);
    if (picker != null) {
      built.picker = picker;
    }
    return built;
  }

  private static <T> @Nullable T create(
      Map<String, Function<Arguments, T>> plugins,
      String kind,
      String name,
      SchedulingProfile profile,
      List<String> problems) {
    Function<Arguments, T> factory = plugins.get(name);
    if (factory == null) {
      problems.add("unknown %s '%s'; known are %s".formatted(kind, name, plugins.keySet()));
      return null;
    }
    Arguments arguments = new Arguments(name, profile.argumentsOf(name));
    T plugin = factory.apply(arguments);
    problems.addAll(arguments.problems());
    return plugin;
  }

  /** What building a profile came to. */
  private static final class Built {
    final List<Filter> filters = new ArrayList<>();
    final List<Pipeline.Weighted> scorers = new ArrayList<>();
    final List<String> problems = new ArrayList<>();
    Picker picker = new MaxScore();
  }
}
