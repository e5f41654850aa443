package io.ergane.benchmarks.xds;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes down what was measured. */
final class FanoutReport {
  private FanoutReport() {}

  /** One server and case: a value a round, in milliseconds and megabytes. */
  record Row(
      List<Double> p50,
      List<Double> p95,
      List<Double> envoy,
      List<Double> coldSync,
      List<Double> warmSync,
      List<Double> residentMb,
      List<Double> cpu) {}

  static String markdown(
      List<String> cases, List<String> systems, Map<String, Row> rows, int rounds, String command) {
    StringBuilder text = new StringBuilder();
    text.append("# xds: one endpoint of 10,000 changes, until the last of 100 nodes has it\n\n");
    text.append(
        "| case | system | p50, ms | p95, ms | Envoy's answer p50, ms | sync, cold, ms | sync, warm, ms | server MB | server CPU a change, ms |\n");
    text.append("|---|---|---|---|---|---|---|---|---|\n");
    for (String name : cases) {
      for (String system : systems) {
        Row row = rows.get(name + "|" + system);
        if (row != null) {
          text.append(
              "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n"
                  .formatted(
                      name,
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
    text.append(
        """

        Median (lowest–highest) over %d rounds, each with a new process of each server, in turn; 100 changes a round after
        some seconds of changes that are not counted. Nodes are raw gRPC streams on 100 connections of one process that skip
        over resources, and one Envoy, which takes everything over before it answers; server, nodes and Envoy share the
        machine's cores. Sync: clusters and endpoints of 100 nodes that have nothing, cold by a server that has served nothing
        before, warm by one that has: median of %d.

        Command: `%s`
        """
            .formatted(rounds, XdsFanout.SYNCS, command.strip()));
    return text.toString();
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
