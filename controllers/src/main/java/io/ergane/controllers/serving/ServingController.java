package io.ergane.controllers.serving;

import io.ergane.api.Encoding;
import io.ergane.api.JsonTree;
import io.ergane.api.ModelServing;
import io.ergane.api.ObjectName;
import io.ergane.controllers.kubernetes.ApiException;
import io.ergane.controllers.kubernetes.Cluster;
import io.ergane.controllers.kubernetes.EventRecorder;
import io.ergane.controllers.kubernetes.EventRecorder.Subject;
import io.ergane.controllers.kubernetes.Kind;
import io.ergane.controllers.kubernetes.OverlaidCache;
import io.ergane.controllers.kubernetes.Workqueue;
import io.ergane.controllers.serving.Seen.Declared;
import io.ergane.controllers.serving.plan.Change;
import io.ergane.controllers.serving.plan.Change.DeletePod;
import io.ergane.controllers.serving.plan.Change.DrainPod;
import io.ergane.controllers.serving.plan.EventNote;
import io.ergane.controllers.serving.plan.Observed;
import io.ergane.controllers.serving.plan.ObservedPod;
import io.ergane.controllers.serving.plan.ServingPlan;
import io.ergane.controllers.serving.plan.Step;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings ModelServings to what they declare, one plan at a time each. It remembers nothing that
 * matters: what is to be known after a crash is in the status before it is acted on. For the one
 * process that leads.
 */
public final class ServingController implements AutoCloseable {
  /** Who the Events are from, as in Kthena. */
  public static final String COMPONENT = "modelserving-controller";

  private static final Logger LOG = LoggerFactory.getLogger(ServingController.class);
  private static final Duration STARTING = Duration.ofMillis(100);
  private static final Duration DRAIN_LOOK = Duration.ofMillis(500);
  private static final Duration UNTOLD_LOOK = OverlaidCache.PATIENCE.plusSeconds(1);
  private static final Duration OCCUPIED = Duration.ofSeconds(1);

  private static final List<String> STATUS_FIELDS =
      List.of(
          "observedGeneration",
          "replicas",
          "currentReplicas",
          "updatedReplicas",
          "availableReplicas",
          "currentRevision",
          "updateRevision",
          "labelSelector",
          "conditions",
          "groups");

  private final BiFunction<Observed, Instant, Step> plan;
  private final Cluster cluster;
  private final EventRecorder events;
  private final Clock clock;
  private final Draining draining;
  private final Caches caches;
  private final LeaderWorkerSets sets;
  private final Workqueue<ObjectName> queue;
  private final Map<ObjectName, Stored> stored = new ConcurrentHashMap<>();

  /**
   * The generation of each ModelServing whose pods were looked at before one of them was given up.
   * What somebody said of pods right before the ModelServing was changed, such as what their
   * deletion costs, decides which of them go, and two watches tell of two changes in any order.
   */
  private final Map<ObjectName, String> looked = new ConcurrentHashMap<>();

  private volatile boolean mayMark = true;
  private volatile long toldWaiting = System.nanoTime();

  /** A status that was written and how it came back: a definition without our fields drops them. */
  private record Stored(
      @Nullable String uid, ModelServing.Status meant, ModelServing.Status kept) {}

  /** Starts; ModelServings are worked on once their objects are known. */
  public ServingController(
      Cluster cluster,
      DataPlanes dataPlanes,
      EventRecorder events,
      Clock clock,
      Workqueue.Pace pace,
      MeterRegistry registry) {
    this(ServingPlan::next, cluster, dataPlanes, events, clock, pace, registry);
  }

  ServingController(
      BiFunction<Observed, Instant, Step> plan,
      Cluster cluster,
      DataPlanes dataPlanes,
      EventRecorder events,
      Clock clock,
      Workqueue.Pace pace,
      MeterRegistry registry) {
    this.plan = plan;
    this.cluster = cluster;
    this.events = events;
    this.clock = clock;
    this.draining = new Draining(dataPlanes);
    this.queue = new Workqueue<>("modelserving", this::reconcile, pace, registry);
    this.sets = new LeaderWorkerSets(cluster, events, pace, registry);
    this.caches = new Caches(cluster, this::ring);
    sets.start(caches.servings);
    var _ = queue.start();
  }

  private void ring(ObjectName name) {
    queue.add(name);
    sets.ring(name);
  }

  private @Nullable Duration reconcile(ObjectName name) throws Exception {
    if (!caches.ready()) {
      sayWaiting();
      return STARTING;
    }
    Seen<Declared> seen = caches.servings.of(name).stream().findFirst().orElse(null);
    if (seen == null) {
      stored.remove(name);
      looked.remove(name);
      return null;
    }
    ModelServing serving = seen.value().serving();
    if (serving == null) {
      events.publish(
          new Subject(Kind.MODEL_SERVING, name, seen.uid()),
          true,
          "Refused",
          "cannot be read and is left as it is: " + seen.value().findings());
      return null;
    }
    return serving.metadata().deletionTimestamp() == null ? step(seen, serving) : null;
  }

  private void sayWaiting() {
    long now = System.nanoTime();
    if (now - toldWaiting > Duration.ofSeconds(10).toNanos()) {
      toldWaiting = now;
      LOG.warn("ModelServings wait: {}", caches.problem());
    }
  }

  /** What a status that cannot be read held is lost, which nobody may have to guess. */
  private void sayForgotten(Seen<Declared> seen) {
    if (!seen.value().findings().isEmpty()) {
      String message =
          "its status counts as empty, since it cannot be read: " + seen.value().findings();
      LOG.warn("ModelServing {}: {}", seen.name(), message);
      events.publish(
          new Subject(Kind.MODEL_SERVING, seen.name(), seen.uid()),
          true,
          "StatusForgotten",
          message);
    }
  }

  private Observed observe(ObjectName name, ModelServing serving) {
    List<ObservedPod> pods = caches.pods.of(name).stream().map(draining::complete).toList();
    return new Observed(
        serving,
        pods,
        caches.services.of(name).stream().map(Seen::value).toList(),
        caches.revisions.of(name).stream().map(Seen::value).toList(),
        caches.podGroups.of(name).stream().map(Seen::value).toList(),
        caches.gang(),
        mayMark && draining.possible());
  }

  private @Nullable Duration step(Seen<Declared> seen, ModelServing serving) throws Exception {
    ObjectName name = seen.name();
    sayForgotten(seen);
    Observed observed = observe(name, serving);
    Instant now = clock.instant();
    Step step = plan.apply(observed, now);
    String generation = serving.metadata().uid() + "/" + serving.metadata().generation();
    if (givesUpPods(step) && !generation.equals(looked.get(name))) {
      caches.lookAtPods(name);
      looked.put(name, generation);
      observed = observe(name, serving);
      step = plan.apply(observed, now);
    }
    if (step.isFirst(serving.status())) {
      return begin(seen, serving, observed, step, now);
    }
    write(seen, serving, step.status());
    publish(seen, step);
    List<Change> changes = step.changes().stream().filter(each -> !caches.vain.has(each)).toList();
    if (!apply(seen, serving, changes)) {
      return OCCUPIED;
    }
    if (!changes.isEmpty()) {
      queue.add(name);
    }
    return again(step, observed, now);
  }

  /** Carries out a first step and says at once what has become of it. */
  private @Nullable Duration begin(
      Seen<Declared> seen, ModelServing serving, Observed observed, Step step, Instant now)
      throws Exception {
    boolean made = false;
    try {
      made = apply(seen, serving, step.changes());
    } finally {
      if (!made) {
        write(seen, serving, step.status());
      }
      publish(seen, step);
    }
    if (!made) {
      return OCCUPIED;
    }
    Observed then = observe(seen.name(), serving).withStatus(step.status());
    Step next = plan.apply(then, now);
    if (!next.changes().isEmpty()) {
      write(seen, serving, step.status());
      queue.add(seen.name());
      return again(step, observed, now);
    }
    write(seen, serving, next.status());
    publish(seen, next);
    return again(next, then, now);
  }

  private void publish(Seen<Declared> seen, Step step) {
    Subject subject = new Subject(Kind.MODEL_SERVING, seen.name(), seen.uid());
    for (EventNote note : step.events()) {
      events.publish(subject, note.warning(), note.reason(), note.message());
    }
  }

  private static boolean givesUpPods(Step step) {
    return step.changes().stream()
        .anyMatch(change -> change instanceof DrainPod || change instanceof DeletePod);
  }

  /** Whether all changes were made; if not, something else has to go first. */
  private boolean apply(Seen<Declared> seen, ModelServing serving, List<Change> changes) {
    Subject subject = new Subject(Kind.MODEL_SERVING, seen.name(), seen.uid());
    ChangeWriter writer = new ChangeWriter(cluster, caches, serving);
    for (Change change : changes) {
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      try {
        writer.apply(change);
      } catch (ChangeWriter.Occupied e) {
        events.publish(subject, true, "Occupied", String.valueOf(e.getMessage()));
        return false;
      } catch (ChangeWriter.MayNotMark e) {
        mayMark = false;
        LOG.warn(
            "Pods are deleted without being drained, since they may not be marked: {}. Let the"
                + " account patch pods.",
            e.getMessage());
        return false;
      } catch (ApiException e) {
        if (e.code() >= 400 && e.code() < 500 && !e.conflict()) {
          events.publish(
              subject,
              true,
              "FailedChange",
              "%s %s: %s"
                  .formatted(change.getClass().getSimpleName(), change.name(), e.getMessage()));
        }
        throw e;
      }
    }
    return true;
  }

  private @Nullable Duration again(Step step, Observed observed, Instant now) {
    Duration again = null;
    if (step.again() != null) {
      Duration until = Duration.between(now, step.again());
      again = until.isNegative() ? Duration.ZERO : until;
    }
    boolean drains =
        observed.pods().stream().anyMatch(pod -> pod.drainingSince() != null && !pod.terminating());
    if (drains) {
      again = sooner(again, DRAIN_LOOK);
    }
    return caches.untold(observed.serving().name()) ? sooner(again, UNTOLD_LOOK) : again;
  }

  private static Duration sooner(@Nullable Duration one, Duration other) {
    return one == null || one.compareTo(other) > 0 ? other : one;
  }

  private void write(Seen<Declared> seen, ModelServing serving, ModelServing.Status status) {
    Stored last = stored.get(seen.name());
    boolean dropped =
        last != null
            && Objects.equals(last.uid, serving.metadata().uid())
            && last.meant.equals(status)
            && last.kept.equals(serving.status());
    if (status.equals(serving.status()) || dropped) {
      return;
    }
    Map<String, Object> metadata = Map.of("uid", seen.uid(), "resourceVersion", seen.version());
    Map<String, Object> change =
        Map.of("metadata", metadata, "status", tree(serving.withStatus(status)));
    Seen<Declared> written =
        caches.servings.wrote(cluster.mergeStatus(Kind.MODEL_SERVING, seen.name(), change));
    ModelServing kept = written.value().serving();
    if (kept != null) {
      stored.put(seen.name(), new Stored(serving.metadata().uid(), status, kept.status()));
    }
  }

  /** All fields of the status; those that are empty as null, which removes them. */
  private static Map<String, @Nullable Object> tree(ModelServing serving) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    Object status = JsonTree.of(Encoding.statusOf(serving));
    for (String field : STATUS_FIELDS) {
      all.put(field, status instanceof Map<?, ?> map ? map.get(field) : null);
    }
    return all;
  }

  /** What the controller holds, for operators: JSON of each ServingGroup and its role replicas. */
  public String cacheText() {
    return DebugText.of(caches.pods.all(), caches.servings.all());
  }

  /** Ends the work; changes that are under way are brought to their end. */
  @Override
  public void close() {
    sets.close();
    queue.close();
    caches.close();
    draining.close();
  }
}
