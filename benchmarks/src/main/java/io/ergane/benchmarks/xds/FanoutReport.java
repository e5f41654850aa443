package io.ergane.benchmarks.xds;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes down what was measured. */
final class FanoutReport {
  private static final String SYSTEM = "ergane";
  private static final double SYNC_MILLIS = 400;
  private static final double RESIDENT_MB = 300;

  private FanoutReport() {}

  /**
   * One server and case: a value a round, in milliseconds and megabytes.
   *
   * @param stranded nodes that got nothing when they connected again
   */
  record Row(
      List<Double> p50,
      List<Double> p95,
      List<Double> envoy,
      List<Double> coldSync,
      List<Double> warmSync,
      List<Double> residentMb,
      List<Double> cpu,
      List<Integer> stranded) {}

  /**
   * A shape and form that is measured.
   *
   * @param must a change's median at most, in milliseconds; 0 where nothing is aimed at
   * @param stretch the same, if it can be had
   */
  record Aim(String name, double must, double stretch) {}

  static String markdown(
      List<Aim> aims, List<String> systems, Map<String, Row> rows, int rounds, String command) {
    StringBuilder text = new StringBuilder();
    text.append("# xds: one endpoint of 10,000 changes, until the last of 100 nodes has it\n\n");
    text.append(
        "| case | system | p50, ms | p95, ms | Envoy's answer p50, ms | sync, cold, ms | sync, warm, ms | server MB | server CPU a change, ms |\n");
    text.append("|---|---|---|---|---|---|---|---|---|\n");
    for (Aim aim : aims) {
      for (String system : systems) {
        Row row = rows.get(aim.name() + "|" + system);
        if (row != null) {
          text.append(
              "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n"
                  .formatted(
                      aim.name(),
                      system,
                      range(row.p50()),
                      range(row.p95()),
                      range(row.envoy()),
                      range(row.coldSync()),
                      range(row.warmSync()),
                      range(row.residentMb()),
                      range(row.cpu())));
        }
      }
    }
    text.append('\n');
    aims.forEach(aim -> verdicts(aim, rows.get(aim.name() + "|" + SYSTEM), text));
    rows.forEach((what, row) -> stranded(what.replace("|", ", "), row, text));
    text.append(
        """

        Median (lowest–highest) over %d rounds, each with a new process of each server, in turn; 100 changes a round after
        some seconds of changes that are not counted. Nodes are raw gRPC streams on 100 connections of one process that skip
        over resources, and one Envoy, which takes everything over before it answers; server, nodes and Envoy share the
        machine's cores. Sync: clusters and endpoints of 100 nodes that have nothing, cold by a server that has served nothing
        before, warm by one that has: median of %d. Both servers start from a start-up cache of a run with 100 clusters of 10;
        Ergane has the JVM options and the heap of its container (deploy/control-plane.yaml: first compiler alone, a quarter of
        768 MB), the other both compilers and 1 GB.

        Command: `%s` \s
        Date: %s \s
        Machine: cores %d, kernel %s, arch %s \s
        Versions: Java %s; java-control-plane 1.0.49
        """
            .formatted(
                rounds,
                FanoutRun.SYNCS,
                command.strip(),
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                System.getProperty("java.vm.version")));
    return text.toString();
  }

  private static void verdicts(Aim aim, @Nullable Row row, StringBuilder text) {
    if (row == null) {
      return;
    }
    if (aim.must() > 0) {
      String change = aim.name() + ", a change at the last node, ms";
      verdict(change, XdsFanout.quantile(row.p50(), 0.5), aim.must(), aim.stretch(), text);
    }
    double cold = XdsFanout.quantile(row.coldSync(), 0.5);
    verdict(aim.name() + ", first synchronization, ms", cold, SYNC_MILLIS, 0, text);
    double resident = XdsFanout.quantile(row.residentMb(), 0.5);
    verdict(aim.name() + ", memory, MB", resident, RESIDENT_MB, 0, text);
  }

  private static void stranded(String what, Row row, StringBuilder text) {
    long failed = row.stranded().stream().filter(nodes -> nodes > 0).count();
    if (failed > 0) {
      text.append(
          "- %s: in %d of %d rounds, %d nodes that connected again got nothing for %d s\n"
              .formatted(
                  what,
                  failed,
                  row.stranded().size(),
                  row.stranded().stream().mapToInt(nodes -> nodes).sum(),
                  FanoutRun.WAIT_SECONDS));
    }
  }

  private static void verdict(
      String what, double value, double must, double stretch, StringBuilder text) {
    String outcome = value <= stretch ? "stretch met" : value <= must ? "met" : "missed";
    String further = stretch > 0 ? ", stretch %.1f".formatted(stretch) : "";
    text.append(
        "- %s, target ≤ %.0f%s: %.1f: **%s**\n".formatted(what, must, further, value, outcome));
  }

  private static String range(List<Double> values) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.1f–%.1f)",
        XdsFanout.quantile(values, 0.5),
        XdsFanout.quantile(values, 0),
        XdsFanout.quantile(values, 1));
  }

  static String json(Map<String, Row> rows, int rounds, Instant date) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("date", date.toString());
    root.put("rounds", rounds);
    root.put("cores", Runtime.getRuntime().availableProcessors());
    root.put("java", System.getProperty("java.vm.version"));
    rows.forEach((key, row) -> root.withObject("/results").set(key, mapper.valueToTree(row)));
    return root.toPrettyString() + "\n";
  }
}
