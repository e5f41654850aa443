package io.ergane.e2e.parity;

import io.ergane.core.schedule.Explanation;
import io.ergane.dataplane.telemetry.RequestRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request somewhere: the answer, and the decision behind it. Values by what they
 * are called; one that is missing is not known there.
 */
final class Seen {
  private final Map<String, Object> values = new LinkedHashMap<>();

  Seen with(String name, @Nullable Object value) {
    values.put(name, value == null ? "none" : value);
    return this;
  }

  /** What a data plane noted; nothing for null, which is a request that it was never told of. */
  Seen with(@Nullable RequestRecord record) {
    if (record == null) {
      return this;
    }
    with("noted-status", record.status);
    with("model", record.model);
    with("route", record.route);
    with("server", record.server);
    with("upstream-model", record.upstreamModel);
    with("error", record.errorType);
    with("counted-error", record.metricErrorType);
    with("attempts", record.attempts);
    with("pod", record.pod == null ? null : record.pod.name());
    with("prefix-share", record.prefixShare);
    with("input-tokens", record.inputTokens);
    with("output-tokens", record.outputTokens);
    with("choices", record.explanation == null ? List.of() : choices(record.explanation));
    return this;
  }

  /** Pods, the chosen one first, then its fallbacks. */
  static List<String> choices(Explanation explanation) {
    List<String> pods = new ArrayList<>();
    for (int row : explanation.order()) {
      pods.add(explanation.endpoints().get(row).pod().name());
    }
    return pods;
  }

  @Nullable Object get(String name) {
    return values.get(name);
  }

  /** Names under which two differ, of those that both know. */
  static List<String> differences(Seen one, Seen other) {
    return one.values.keySet().stream()
        .filter(other.values::containsKey)
        .filter(name -> !Objects.equals(one.values.get(name), other.values.get(name)))
        .toList();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
