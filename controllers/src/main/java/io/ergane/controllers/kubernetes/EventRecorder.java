package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes Events about objects, in the background. The same said again within ten minutes counts
 * up the Event that is there. When events come faster than they can be published the newest are
 * dropped: they tell, they do not decide.
 */
public final class EventRecorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_REMEMBERED = 4_000;
  private static final Duration MEMORY = Duration.ofMinutes(10);
  private static final int LONGEST_MESSAGE = 1_024;

  /** What an Event is about. */
  public record Subject(Kind kind, ObjectName name, String uid) {}

  private record Note(Subject subject, boolean warning, String reason, String message) {}

  private record Published(ObjectName name, Instant first, long count) {}

  private final Cluster cluster;
  private final String component;
  private final Clock clock;
  private final BlockingQueue<Note> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final Map<Note, Published> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Note, Published> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };
  private final Thread thread;

  /**
   * @param component who tells, e.g. {@code modelserving-controller}
   */
  public EventRecorder(Cluster cluster, String component, Clock clock) {
    this.cluster = cluster;
    this.component = component;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("ergane-events").start(this::run);
  }

  /**
   * Publishes an Event soon.
   *
   * @param reason one CamelCase word
   */
  public void publish(Subject subject, boolean warning, String reason, String message) {
    String text =
        message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message;
    if (!waiting.offer(new Note(subject, warning, reason, text))) {
      dropped.incrementAndGet();
    }
  }

  /** Events that were not published because too many came at once. */
  public long dropped() {
    return dropped.get();
  }

  private void run() {
    try {
      while (true) {
        write(waiting.take());
      }
    } catch (InterruptedException e) {
      LOG.debug("Events end");
    }
  }

  private void write(Note note) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Published before = known.get(note);
    try {
      if (before != null && before.first.plus(MEMORY).isAfter(now) && countUp(note, before, now)) {
        return;
      }
      Map<String, Object> stored =
          cluster.create(Kind.EVENT, note.subject.name().namespace(), event(note, now));
      known.put(
          note,
          new Published(
              new ObjectName(
                  note.subject.name().namespace(), Fields.text(stored, "metadata", "name")),
              now,
              1));
    } catch (RuntimeException e) { // The client's own, too, when it was closed first.
      LOG.debug("An event could not be published: {}", e.toString());
    }
  }

  private boolean countUp(Note note, Published before, Instant now) {
    try {
      var _ =
          cluster.merge(
              Kind.EVENT,
              before.name,
              Map.of("count", before.count + 1, "lastTimestamp", now.toString()));
      known.put(note, new Published(before.name, before.first, before.count + 1));
      return true;
    } catch (ApiException e) {
      return false; // It has expired, or patching is not allowed: a new one tells the same.
    }
  }

  private Map<String, Object> event(Note note, Instant now) {
    Subject subject = note.subject;
    Map<String, Object> event = new LinkedHashMap<>();
    event.put(
        "metadata",
        Map.of(
            "generateName", subject.name().name() + ".", "namespace", subject.name().namespace()));
    event.put(
        "involvedObject",
        Map.of(
            "apiVersion", subject.kind().apiVersion(),
            "kind", subject.kind().name(),
            "namespace", subject.name().namespace(),
            "name", subject.name().name(),
            "uid", subject.uid()));
    event.put("reason", note.reason);
    event.put("message", note.message);
    event.put("type", note.warning ? "Warning" : "Normal");
    event.put("source", Map.of("component", component));
    event.put("reportingComponent", component);
    event.put("firstTimestamp", now.toString());
    event.put("lastTimestamp", now.toString());
    event.put("count", 1);
    return event;
  }

  /** Drops what was not published yet. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
