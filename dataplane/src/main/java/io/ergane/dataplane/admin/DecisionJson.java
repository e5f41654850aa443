package io.ergane.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.core.schedule.Explanation;
import io.ergane.dataplane.telemetry.RequestRecord;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request with its explained decision as JSON, an object an endpoint. */
final class DecisionJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private DecisionJson() {}

  static ObjectNode of(RequestRecord record) {
    ObjectNode node = brief(record);
    if (record.explanation != null) {
      node.set("endpoints", endpoints(record.explanation));
    }
    return node;
  }

  /** The request and its outcome without the endpoints that were considered. */
  static ObjectNode brief(RequestRecord record) {
    ObjectNode node = JSON.objectNode();
    node.put("requestId", record.requestId);
    node.put("time", Instant.ofEpochMilli(record.startedAtEpochNanos / 1_000_000).toString());
    node.put("image", record.imageHash);
    node.put("model", record.model);
    node.put("path", record.path);
    node.put("modelRoute", text(record.route));
    node.put("modelServer", text(record.server));
    node.put("upstreamModel", record.upstreamModel);
    node.put("status", record.status);
    node.put("pod", text(record.pod));
    node.put("attempts", record.attempts);
    node.put("inputTokens", record.inputTokens);
    node.put("outputTokens", record.outputTokens);
    if (record.outputEstimated) {
      node.put("outputTokensEstimated", true);
    }
    node.put("durationMillis", TimeUnit.NANOSECONDS.toMillis(record.endNanos - record.startNanos));
    return node;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static ArrayNode endpoints(Explanation explanation) {
    ArrayNode rows = JSON.arrayNode();
    float[] inFlight = explanation.inFlight();
    float[] totals = explanation.totals();
    for (int row = 0; row < explanation.endpoints().size(); row++) {
      ObjectNode node = rows.addObject();
      node.put("endpoint", explanation.endpoints().get(row).toString());
      node.put("inFlight", (int) inFlight[row]);
      String removedBy = removedBy(explanation, row);
      if (removedBy != null) {
        node.put("removedBy", removedBy);
        continue;
      }
      ObjectNode scores = node.putObject("scores");
      for (Explanation.Scored scored : explanation.scores()) {
        ObjectNode score = scores.putObject(scored.scorer());
        score.put("score", scored.scores()[row]);
        score.put("weight", scored.weight());
        score.put("known", !scored.neutral()[row]);
      }
      if (totals.length > row) {
        node.put("total", totals[row]);
      }
      int rank = rank(explanation.order(), row);
      if (rank >= 0) {
        node.put("rank", rank + 1);
      }
    }
    return rows;
  }

  private static @Nullable String removedBy(Explanation explanation, int row) {
    for (Explanation.Filtered filtered : explanation.filters()) {
      if (!filtered.left()[row]) {
        return filtered.filter();
      }
    }
    return null;
  }

  private static int rank(int[] order, int row) {
    for (int i = 0; i < order.length; i++) {
      if (order[i] == row) {
        return i;
      }
    }
    return -1;
  }
}
