package io.ergane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A decision as lines of text: the request, then a table with one row an endpoint. */
final class DecisionTable {
  private final JsonNode decision;

  DecisionTable(JsonNode decision) {
    this.decision = decision;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("request   " + text("requestId") + "  " + text("time"));
    lines.add("model     " + text("model") + " on " + text("path"));
    lines.add(
        "route     %s → ModelServer %s as %s"
            .formatted(text("modelRoute"), text("modelServer"), text("upstreamModel")));
    lines.add(
        "answer    %s from %s, attempts %s, %s ms, %s tokens in, %s out"
            .formatted(
                text("status"),
                text("pod"),
                text("attempts"),
                text("durationMillis"),
                text("inputTokens"),
                text("outputTokens")));
    lines.add("image     " + text("image"));
    lines.add("");
    lines.addAll(table());
    lines.add("");
    lines.add("Scores are 0 to 1, times their weight; * was not measured and stands for the mean.");
    return lines;
  }

  private String text(String field) {
    JsonNode value = decision.path(field);
    return value.isNull() || value.isMissingNode() || value.asText().isEmpty()
        ? "-"
        : value.asText();
  }

  private List<String> table() {
    Set<String> scorers = new LinkedHashSet<>();
    decision
        .path("endpoints")
        .forEach(row -> row.path("scores").fieldNames().forEachRemaining(scorers::add));
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("rank", "endpoint", "in flight"));
    head.addAll(scorers);
    head.add("total");
    rows.add(head);
    decision.path("endpoints").forEach(row -> rows.add(row(row, scorers)));
    return aligned(rows);
  }

  private static List<String> row(JsonNode row, Set<String> scorers) {
    List<String> cells = new ArrayList<>();
    cells.add(row.has("rank") ? row.get("rank").asText() : "-");
    cells.add(row.path("endpoint").asText());
    cells.add(row.path("inFlight").asText());
    if (row.has("removedBy")) {
      cells.add("removed by " + row.get("removedBy").asText());
      return cells;
    }
    for (String scorer : scorers) {
      JsonNode score = row.path("scores").path(scorer);
      int weight = score.path("weight").asInt();
      cells.add(
          String.format(Locale.ROOT, "%.3f", score.path("score").asDouble())
              + (weight == 1 ? "" : "×" + weight)
              + (score.path("known").asBoolean() ? "" : "*"));
    }
    cells.add(String.format(Locale.ROOT, "%.3f", row.path("total").asDouble()));
    return cells;
  }

  private static List<String> aligned(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      boolean removed = row.size() < columns;
      for (int i = 0; i < row.size() - (removed ? 1 : 0); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i));
        line.repeat(" ", Math.max(0, widths[i] - row.get(i).length()) + 2);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
