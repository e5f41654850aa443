package io.ergane.benchmarks.xds;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures, for each server in turn and in rounds, with 100 raw nodes on connections of their own:
 * the time from a change of one endpoint of 10,000 until the last node has it, the time of the
 * first synchronization of all nodes by a server that just started, and the server's memory and
 * CPU.
 */
public final class XdsFanout {
  private static final List<String> SYSTEMS = List.of("ergane", "java-control-plane");

  /** A shape of the configuration and the form in which nodes ask for it. */
  private record Case(String name, Fleet fleet, boolean delta, double must, double stretch) {}

  private static final List<Case> CASES =
      List.of(
          new Case("1 x 10,000, state of the world", new Fleet(1, 10_000), false, 30, 15),
          new Case("1 x 10,000, delta", new Fleet(1, 10_000), true, 30, 15),
          new Case("1,000 x 10, delta", new Fleet(1000, 10), true, 4, 2.5),
          new Case("1,000 x 10, state of the world", new Fleet(1000, 10), false, 0, 0));

  private XdsFanout() {}

  /**
   * Flags: {@code --rounds N}, {@code --cases N,N}, {@code --systems A,B}, {@code --warm-up
   * SECONDS}, {@code --envoy PATH}, {@code --out FOLDER}.
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> flags = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      flags.put(args[i], args[i + 1]);
    }
    int rounds = Integer.parseInt(flags.getOrDefault("--rounds", "3"));
    List<String> systems =
        List.of(flags.getOrDefault("--systems", String.join(",", SYSTEMS)).split(","));
    List<Case> cases = new ArrayList<>();
    for (String number : flags.getOrDefault("--cases", "1,2,3,4").split(",")) {
      cases.add(CASES.get(Integer.parseInt(number) - 1));
    }
    Map<String, List<FanoutRun.Sample>> samples = measure(systems, cases, rounds, effort(flags));
    String report =
        FanoutReport.markdown(
            cases.stream()
                .map(each -> new FanoutReport.Aim(each.name(), each.must(), each.stretch()))
                .toList(),
            systems,
            rows(samples),
            rounds,
            "./dev bench xds " + String.join(" ", args));
    System.out.println(report);
    String folder = flags.get("--out");
    if (folder != null) {
      Files.writeString(Path.of(folder, "xds.md"), report);
      Files.writeString(
          Path.of(folder, "xds.json"), FanoutReport.json(rows(samples), rounds, Instant.now()));
    }
    System.exit(0);
  }

  /** By case and system, a sample a round. */
  private static Map<String, List<FanoutRun.Sample>> measure(
      List<String> systems, List<Case> cases, int rounds, FanoutRun.Effort effort)
      throws Exception {
    Path folder = Files.createTempDirectory("xds-fanout");
    try {
      for (String system : systems) {
        train(system, cache(folder, system));
      }
      for (Case each : cases) { // The first server of a form meets nodes whose code is cold.
        measure(systems.getLast(), each, new FanoutRun.Effort(0, effort.envoy()), folder);
      }
      Map<String, List<FanoutRun.Sample>> samples = new LinkedHashMap<>();
      for (int round = 0; round < rounds; round++) {
        for (Case each : cases) {
          for (String system : round % 2 == 0 ? systems : systems.reversed()) {
            FanoutRun.Sample sample = measure(system, each, effort, folder);
            samples.computeIfAbsent(each.name() + "|" + system, _ -> new ArrayList<>()).add(sample);
            print(each, system, sample);
          }
        }
      }
      return samples;
    } finally {
      for (String system : systems) {
        Files.deleteIfExists(cache(folder, system));
      }
      Files.deleteIfExists(folder);
    }
  }

  private static Path cache(Path folder, String system) {
    return folder.resolve(system + ".aot");
  }

  private static void print(Case shape, String system, FanoutRun.Sample sample) {
    System.err.printf(
        Locale.ROOT,
        "%-32s %-20s change p50 %.2f p95 %.2f ms, Envoy %.2f ms, sync cold %.0f warm %.0f ms, %.0f MB, cpu %.2f ms, %d bytes, %d nodes stranded%n",
        shape.name(),
        system,
        quantile(sample.changes(), 0.5),
        quantile(sample.changes(), 0.95),
        quantile(sample.envoy(), 0.5),
        sample.coldSync(),
        quantile(sample.warmSyncs(), 0.5),
        sample.residentMb(),
        sample.cpuPerChange(),
        sample.bytes(),
        sample.stranded());
  }

  private static FanoutRun.Effort effort(Map<String, String> flags) {
    double seconds = Double.parseDouble(flags.getOrDefault("--warm-up", "10"));
    String envoy = flags.getOrDefault("--envoy", System.getenv("ENVOY_BIN"));
    return new FanoutRun.Effort((long) (seconds * 1e9), envoy == null ? null : Path.of(envoy));
  }

  private static Map<String, FanoutReport.Row> rows(Map<String, List<FanoutRun.Sample>> samples) {
    Map<String, FanoutReport.Row> rows = new LinkedHashMap<>();
    samples.forEach((key, list) ->
        rows.put(
            key,
            new FanoutReport.Row(
                list.stream().map(each -> quantile(each.changes(), 0.5)).toList(),
                list.stream().map(each -> quantile(each.changes(), 0.95)).toList(),
                list.stream().map(each -> quantile(each.envoy(), 0.5)).toList(),
                list.stream().map(FanoutRun.Sample::coldSync).toList(),
                list.stream()
                    .filter(each -> !each.warmSyncs().isEmpty())
                    .map(each -> quantile(each.warmSyncs(), 0.5))
                    .toList(),
                list.stream().map(FanoutRun.Sample::residentMb).toList(),
                list.stream().map(FanoutRun.Sample::cpuPerChange).toList(),
                list.stream().map(FanoutRun.Sample::stranded).toList())));
    return rows;
  }

  static double quantile(List<Double> values, double q) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.round(q * (sorted.size() - 1))));
  }

  /**
   * Makes the start-up cache, as {@code ./ergane} does for itself, of a run that is not counted.
   */
  private static void train(String system, Path cache) throws Exception {
    Fleet small = new Fleet(100, 10);
    try (ServerProcess server = ServerProcess.training(system, small, cache)) {
      new FanoutRun(server, small, true, new FanoutRun.Effort(0, null)).measure();
    }
  }

  private static FanoutRun.Sample measure(
      String system, Case shape, FanoutRun.Effort effort, Path caches) throws Exception {
    try (ServerProcess server = ServerProcess.start(system, shape.fleet(), cache(caches, system))) {
      return new FanoutRun(server, shape.fleet(), shape.delta(), effort).measure();
    }
  }
}
