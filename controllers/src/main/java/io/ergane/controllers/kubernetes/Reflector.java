package io.ergane.controllers.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ergane.api.ObjectName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cache like the API server's: lists in pages, then follows changes, and lists again when
 * the API server no longer knows where it was. Objects are reduced to what is kept of them one by
 * one, as they are parsed. What the account may list and not watch is listed every few seconds.
 *
 * <p>Source: Kubernetes API concepts, "Efficient detection of changes" and "Retrieving large
 * results sets in chunks".
 */
final class Reflector<T> implements Cache<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Reflector.class);
  private static final Duration RETRY_FIRST = Duration.ofMillis(200);
  private static final Duration RETRY_MOST = Duration.ofSeconds(5);

  /** The API server sends a bookmark about every minute; without any, the connection is dead. */
  private static final Duration SILENCE = Duration.ofSeconds(150);

  /** Requests without an answer, in a row, that are worth telling users about. */
  private static final int WORTH_SAYING = 3;

  /** A watch that ends sooner is not opened again at once. */
  private static final Duration LASTING = Duration.ofSeconds(5);

  /** Answers in a row after which a kind that had objects is believed to be gone. */
  private static final int GONE_TRIES = 3;

  /** Between two lists of what the account may list and not watch. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** Before it is tried again whether the account may watch. */
  private static final Duration UNWATCHED = Duration.ofMinutes(1);

  private final Api api;
  private final Kind kind;
  private final Selection selection;
  private final int page;
  private final Extract<T> extract;
  private final Known<T> known;
  private final Store<T> store;
  private final Thread thread;
  private volatile State state = State.WAITING;
  private volatile @Nullable String problem;
  private volatile boolean closed;
  private volatile @Nullable InputStream stream;
  private volatile long heard;
  private String version = "";

  /** What is known of the form of an object that the watch tells of. */
  private @Nullable T echo;

  private long watchAgain = System.nanoTime();
  private int missing;
  private int failures;

  Reflector(
      Api api,
      Kind kind,
      Selection selection,
      int page,
      Extract<T> extract,
      Known<T> known,
      Listener<T> listener) {
    this.api = api;
    this.kind = kind;
    this.selection = selection;
    this.page = page;
    this.extract = extract;
    this.known = known;
    this.store = new Store<>(listener);
    this.thread = Thread.ofVirtual().name("ergane-cache-" + kind.plural()).unstarted(this::run);
  }

  Reflector<T> start() {
    thread.start();
    return this;
  }

  private void run() {
    Backoff backoff = new Backoff(RETRY_FIRST, RETRY_MOST, ThreadLocalRandom.current().nextLong());
    while (!closed) {
      try {
        if (version.isEmpty()) {
          list();
        }
        if (System.nanoTime() - watchAgain < 0) {
          version = "";
          pause(LOOK);
          continue;
        }
        long begun = System.nanoTime();
        follow();
        if (System.nanoTime() - begun > LASTING.toNanos()) {
          backoff.reset();
        } else {
          pause(backoff.next());
        }
      } catch (ApiException e) {
        failed(e, backoff);
      } catch (IOException | RuntimeException e) {
        LOG.debug("{} {}: the watch broke", kind, selection, e);
        pause(backoff.next());
      }
    }
  }

  private void failed(ApiException e, Backoff backoff) {
    if (closed) {
      return;
    }
    if (e.expired()) {
      version = "";
      return;
    }
    if (e.forbidden() && !version.isEmpty()) {
      watchAgain = System.nanoTime() + UNWATCHED.toNanos();
      version = "";
      LOG.info(
          "{} {} are listed every {} s: {}", kind, selection, LOOK.toSeconds(), e.getMessage());
      pause(LOOK);
      return;
    }
    failures++;
    if (failures >= WORTH_SAYING || e.code() != ApiException.NO_ANSWER) {
      problem = String.valueOf(e.getMessage());
    }
    if (e.notFound()) {
      version = "";
      missing++;
      if (store.size() == 0 || missing >= GONE_TRIES) {
        store.replace(Map.of());
        state = State.NO_SUCH_KIND;
      }
    } else if (e.forbidden()) {
      version = "";
      state = State.FORBIDDEN;
    }
    pause(backoff.next());
  }

  private void list() throws IOException {
    Map<ObjectName, T> all = new HashMap<>();
    String next = "";
    String listed;
    do {
      String query =
          "?limit=" + page + labels() + (next.isEmpty() ? "" : "&continue=" + Kind.encode(next));
      Page read = page(api.getBytes(kind.path(selection.namespace()) + query), all);
      next = read.next;
      listed = read.version;
    } while (!next.isEmpty() && !closed);
    if (!closed) {
      store.replace(all);
      missing = 0;
      problem = null;
      if (state != State.SYNCED) {
        LOG.debug("{} {}: {} objects", kind, selection, all.size());
      }
      state = State.SYNCED;
      version = listed;
    }
  }

  private String labels() {
    return selection.labels().isEmpty() ? "" : "&labelSelector=" + Kind.encode(selection.labels());
  }

  /** Where a page ends, and what the whole list is a picture of. */
  private record Page(String next, String version) {}

  private Page page(byte[] body, Map<ObjectName, T> into) throws IOException {
    Map<String, Object> metadata = Map.of();
    try (JsonParser parser = Api.JSON.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("metadata")) {
          metadata = TreeReader.object(parser, Set.of());
        } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            Map<String, Object> item = TreeReader.object(parser, extract.fields());
            // Items of a list do not repeat what they are.
            item.put("apiVersion", kind.apiVersion());
            item.put("kind", kind.name());
            into.put(nameOf(item), extract.of(item));
          }
        } else {
          parser.skipChildren();
        }
      }
    }
    return new Page(Fields.text(metadata, "continue"), Fields.text(metadata, "resourceVersion"));
  }

  private void follow() throws IOException {
    long seconds = 240L + ThreadLocalRandom.current().nextInt(120);
    String query =
        "?watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s%s"
            .formatted(seconds, Kind.encode(version), labels());
    heard = System.nanoTime();
    try (InputStream opened = api.watch(kind.path(selection.namespace()) + query)) {
      stream = opened;
      problem = null;
      failures = 0;
      Thread guard = Thread.ofVirtual().name("ergane-cache-guard").start(() -> guard(opened));
      try (JsonParser events = Api.JSON.createParser(opened)) {
        while (!closed && events.nextToken() != null) {
          heard = System.nanoTime();
          event(events);
        }
      } finally {
        stream = null;
        guard.interrupt();
      }
    }
  }

  /** Closes a stream on which nothing is heard any more. */
  private void guard(InputStream opened) {
    try {
      while (System.nanoTime() - heard < SILENCE.toNanos()) {
        Thread.sleep(Duration.ofSeconds(10));
      }
      LOG.debug("{} {}: nothing was heard for {}", kind, selection, SILENCE);
      opened.close();
    } catch (InterruptedException | IOException e) {
      LOG.trace("{} {}: the guard ends", kind, selection);
    }
  }

  /** Reads a change, whose type comes before its object. */
  private void event(JsonParser events) throws IOException {
    String type = "";
    Map<String, Object> object = Map.of();
    echo = null;
    while (events.nextToken() == JsonToken.FIELD_NAME) {
      String field = events.currentName();
      events.nextToken();
      if (field.equals("type")) {
        type = events.getText();
      } else if (field.equals("object")) {
        // An error comes as an object of another kind.
        Set<String> fields = type.equals("ERROR") ? Set.of() : extract.fields();
        object = TreeReader.object(events, fields, this::isNews);
      } else {
        events.skipChildren();
      }
    }
    take(type, object);
  }

  private boolean isNews(Map<String, Object> metadata) {
    echo = known.of(named(metadata), Fields.text(metadata, "resourceVersion"));
    return echo == null;
  }

  private void take(String type, Map<String, Object> object) {
    T ours = echo;
    switch (type) {
      case "ADDED", "MODIFIED" ->
          store.put(nameOf(object), ours != null ? ours : extract.of(object));
      case "DELETED" -> store.remove(nameOf(object));
      case "BOOKMARK" -> LOG.trace("{} {}: bookmark", kind, selection);
      default -> {
        String message = Fields.text(object, "message");
        throw new ApiException(
            (int) Fields.number(object, 500, "code"),
            Fields.text(object, "reason"),
            message.isEmpty() ? "the watch ended with " + type : message);
      }
    }
    String reached = Fields.text(object, "metadata", "resourceVersion");
    version = reached.isEmpty() ? version : reached;
  }

  private static ObjectName nameOf(Map<String, Object> object) {
    return named(Fields.map(object, "metadata"));
  }

  private static ObjectName named(Map<String, Object> metadata) {
    return new ObjectName(Fields.text(metadata, "namespace"), Fields.text(metadata, "name"));
  }

  private void pause(Duration pause) {
    try {
      if (!closed) {
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      LOG.trace("{} {}: woken", kind, selection);
    }
  }

  @Override
  public Kind kind() {
    return kind;
  }

  Selection selection() {
    return selection;
  }

  @Override
  public Collection<T> all() {
    return store.all();
  }

  @Override
  public @Nullable T get(ObjectName name) {
    return store.get(name);
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public @Nullable String problem() {
    return problem;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    InputStream opened = stream;
    if (opened != null) {
      try {
        opened.close();
      } catch (IOException e) {
        LOG.trace("{} {}: closing", kind, selection, e);
      }
    }
  }
}
