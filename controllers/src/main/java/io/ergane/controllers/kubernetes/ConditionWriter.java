package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the status of routing objects what the compiler says of them. Nothing is written
 * where nothing changed. For the one process that leads.
 */
public final class ConditionWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConditionWriter.class);
  private static final Map<String, Kind> KINDS =
      Map.of(
          Kind.MODEL_ROUTE.name(), Kind.MODEL_ROUTE,
          Kind.MODEL_SERVER.name(), Kind.MODEL_SERVER,
          Kind.EXTERNAL_MODEL_PROVIDER.name(), Kind.EXTERNAL_MODEL_PROVIDER);
  private static final Duration SETTLE = Duration.ofMillis(200);

  private final Cluster cluster;
  private final KubernetesSource source;
  private final EventRecorder events;
  private final Clock clock;
  private final Workqueue<Target> queue;
  private final Map<Target, Written> written = new ConcurrentHashMap<>();
  private volatile Map<String, List<Diagnostic>> diagnostics = Map.of();
  private volatile boolean refused;

  private record Target(Kind kind, ObjectName name) {
    @Override
    public String toString() {
      return kind + " " + name;
    }
  }

  /** What was written last, which the watch may not have told of yet. */
  private record Written(String uid, Verdict verdict) {}

  public ConditionWriter(
      Cluster cluster,
      KubernetesSource source,
      EventRecorder events,
      Clock clock,
      Workqueue.Pace pace,
      MeterRegistry registry) {
    this.cluster = cluster;
    this.source = source;
    this.events = events;
    this.clock = clock;
    this.queue = new Workqueue<>("conditions", this::write, pace, registry).start();
  }

  /** Takes what is in effect and what there is to say about it. */
  public void update(Compilation compilation) {
    Map<String, List<Diagnostic>> bySubject = new HashMap<>();
    for (Diagnostic diagnostic : compilation.diagnostics()) {
      if (diagnostic.severity() != Severity.INFO) {
        bySubject
            .computeIfAbsent(diagnostic.subject(), _ -> new java.util.ArrayList<>())
            .add(diagnostic);
      }
    }
    diagnostics = bySubject;
    for (Seen seen : source.all()) {
      Kind kind = KINDS.get(seen.sighting().kind());
      if (kind != null) {
        Target target = new Target(kind, seen.sighting().name());
        if (due(target, seen)) {
          queue.add(target, SETTLE);
        }
      }
    }
  }

  private Verdict verdict(Seen seen) {
    return Verdict.of(seen, diagnostics.getOrDefault(seen.sighting().subject(), List.of()));
  }

  private boolean due(Target target, Seen seen) {
    Verdict verdict = verdict(seen);
    Written last = written.get(target);
    boolean same = last != null && last.uid.equals(seen.uid()) && last.verdict.equals(verdict);
    return !same && !verdict.shownBy(seen.conditions());
  }

  private @Nullable Duration write(Target target) {
    Seen seen = source.find(target.kind.name(), target.name);
    if (seen == null) {
      written.remove(target);
      return null;
    }
    if (refused || !due(target, seen)) {
      return null;
    }
    Verdict verdict = verdict(seen);
    try {
      var _ =
          cluster.applyStatus(
              target.kind, target.name, verdict.status(seen.conditions(), clock.instant()));
    } catch (ApiException e) {
      if (!settled(e)) {
        throw e;
      }
    }
    Written before = written.put(target, new Written(seen.uid(), verdict));
    tell(target, seen, before, verdict);
    return null;
  }

  /** Whether trying again cannot help. */
  private boolean settled(ApiException e) {
    if (e.notFound()) {
      return true;
    }
    if (e.forbidden()) {
      refused = true;
      LOG.warn(
          "Conditions are not written: {}. Let the account patch the status of routing objects.",
          e.getMessage());
      return true;
    }
    boolean unknown = String.valueOf(e.getMessage()).contains("not declared in schema");
    if (unknown) {
      LOG.info("The installed definition has no conditions: {}", e.getMessage());
    }
    return unknown;
  }

  private void tell(Target target, Seen seen, @Nullable Written before, Verdict verdict) {
    EventRecorder.Subject subject = new EventRecorder.Subject(target.kind, target.name, seen.uid());
    boolean fresh = before == null || !before.verdict.equals(verdict);
    if (fresh && !verdict.accepted()) {
      events.publish(subject, true, verdict.acceptedReason(), verdict.acceptedMessage());
    } else if (fresh && !verdict.ready()) {
      events.publish(subject, true, verdict.readyReason(), verdict.readyMessage());
    }
  }

  @Override
  public void close() {
    queue.close();
  }
}
