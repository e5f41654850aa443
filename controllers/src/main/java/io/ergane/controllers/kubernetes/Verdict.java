package io.ergane.controllers.kubernetes;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The conditions that an object should show. Pure. */
record Verdict(
    long generation,
    boolean accepted,
    String acceptedReason,
    String acceptedMessage,
    boolean ready,
    String readyReason,
    String readyMessage) {
  private static final String ACCEPTED = "Accepted";
  private static final String READY = "Ready";
  private static final int LONGEST_MESSAGE = 4_000;

  /**
   * @param diagnostics about the object, worst first, none of them INFO
   */
  static Verdict of(Seen seen, List<Diagnostic> diagnostics) {
    List<Diagnostic> errors =
        diagnostics.stream().filter(each -> each.severity() == Severity.ERROR).toList();
    boolean provider = seen.sighting().kind().equals(Kind.EXTERNAL_MODEL_PROVIDER.name());
    String reason = diagnostics.isEmpty() ? "Served" : word(diagnostics.getFirst().code());
    boolean unserved = provider && diagnostics.isEmpty();
    return new Verdict(
        seen.generation(),
        errors.isEmpty(),
        errors.isEmpty() ? ACCEPTED : word(errors.getFirst().code()),
        text(errors),
        diagnostics.isEmpty() && !provider,
        unserved ? "NotSupported" : reason,
        unserved ? "External providers are not called by this version." : text(diagnostics));
  }

  /** {@code target-missing} becomes {@code TargetMissing}. */
  private static String word(String code) {
    StringBuilder word = new StringBuilder();
    for (String part : code.split("-")) {
      if (!part.isEmpty()) {
        word.append(Character.toUpperCase(part.charAt(0))).append(part, 1, part.length());
      }
    }
    return word.toString();
  }

  private static String text(List<Diagnostic> diagnostics) {
    String text = diagnostics.stream().map(Diagnostic::message).collect(Collectors.joining("\n"));
    return text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "…" : text;
  }

  /** Whether stored conditions say just this. */
  boolean shownBy(List<Map<String, Object>> stored) {
    return shows(stored, ACCEPTED, accepted, acceptedReason, acceptedMessage)
        && shows(stored, READY, ready, readyReason, readyMessage);
  }

  private boolean shows(
      List<Map<String, Object>> stored, String type, boolean holds, String reason, String message) {
    Map<String, Object> condition = find(stored, type);
    return status(holds).equals(Fields.text(condition, "status"))
        && reason.equals(Fields.text(condition, "reason"))
        && message.equals(Fields.text(condition, "message"))
        && generation == Fields.number(condition, -1, "observedGeneration");
  }

  private static Map<String, Object> find(List<Map<String, Object>> stored, String type) {
    return stored.stream()
        .filter(each -> type.equals(each.get("type")))
        .findFirst()
        .orElse(Map.of());
  }

  private static String status(boolean holds) {
    return holds ? "True" : "False";
  }

  /**
   * The status to apply. Conditions of other types stay; a condition that turns gets a new time.
   */
  Map<String, Object> status(List<Map<String, Object>> stored, Instant now) {
    List<Map<String, Object>> conditions = new ArrayList<>();
    for (Map<String, Object> each : stored) {
      if (!ACCEPTED.equals(each.get("type")) && !READY.equals(each.get("type"))) {
        conditions.add(each);
      }
    }
    conditions.add(condition(stored, ACCEPTED, accepted, acceptedReason, acceptedMessage, now));
    conditions.add(condition(stored, READY, ready, readyReason, readyMessage, now));
    return Map.of("observedGeneration", generation, "conditions", conditions);
  }

  private Map<String, Object> condition(
      List<Map<String, Object>> stored,
      String type,
      boolean holds,
      String reason,
      String message,
      Instant now) {
    Map<String, Object> before = find(stored, type);
    boolean turned = !Objects.equals(before.get("status"), status(holds));
    String since = Fields.text(before, "lastTransitionTime");
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put("status", status(holds));
    condition.put("reason", reason);
    condition.put("message", message);
    condition.put("observedGeneration", generation);
    condition.put(
        "lastTransitionTime",
        turned || since.isEmpty() ? now.truncatedTo(ChronoUnit.SECONDS).toString() : since);
    return condition;
  }
}
