package io.ergane.xds.server;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes are here, and which were until lately. Their coming and going is logged, a line each;
 * of a node that flaps some lines, and then one a {@link #WINDOW}, so that its last line always
 * says how it is. Thread-safe.
 */
final class Attendance {
  static final Duration WINDOW = Duration.ofSeconds(30);
  static final int LINES = 4;

  private final GoneNode.Memory memory;
  private final InstantSource clock;
  private final Consumer<String> log;
  private final Map<String, Visitor> here = new HashMap<>();

  /** By the time they left. */
  private final Map<String, Visitor> gone = new LinkedHashMap<>();

  /** Those of whom there is more to say than their window has room for. */
  private final Set<Visitor> heldBack = new HashSet<>();

  private boolean closed;

  private static final class Visitor {
    private NodeStatus node;
    private int streams;
    private @Nullable Instant left;
    private Instant window = Instant.MIN;
    private int lines;
    private int untold;

    Visitor(NodeStatus node) {
      this.node = node;
    }
  }

  Attendance(GoneNode.Memory memory, InstantSource clock, Consumer<String> log) {
    this.memory = memory;
    this.clock = clock;
    this.log = log;
  }

  /** A stream of {@code node} has begun. */
  synchronized void came(NodeStatus node) {
    Visitor visitor = here.get(node.id());
    if (visitor == null) {
      visitor = gone.remove(node.id());
      visitor = visitor == null ? new Visitor(node) : visitor;
      visitor.node = node;
      visitor.left = null;
      here.put(node.id(), visitor);
      changed(visitor);
    }
    visitor.streams++;
  }

  /** One of the streams that {@link #came} told of has ended. */
  synchronized void left(String id) {
    Visitor visitor = here.get(id);
    if (visitor == null || --visitor.streams > 0) {
      return;
    }
    here.remove(id);
    visitor.left = clock.instant();
    gone.put(id, visitor);
    changed(visitor);
    forget();
  }

  /** Says what was held back and is due. To be called now and then. */
  synchronized void tick() {
    if (!heldBack.isEmpty()) {
      List.copyOf(heldBack).forEach(this::sayIfDue);
    }
  }

  /** Those who left and did not come back, the last one first. */
  synchronized List<GoneNode> gone() {
    forget();
    List<GoneNode> all = new ArrayList<>();
    gone.values()
        .forEach(each -> {
          if (each.left != null) {
            all.add(GoneNode.of(each.node, each.left));
          }
        });
    return all.reversed();
  }

  /** From now on nothing is logged: everyone leaves because the server does. */
  synchronized void close() {
    closed = true;
    heldBack.clear();
  }

  private void changed(Visitor visitor) {
    visitor.untold++;
    sayIfDue(visitor);
  }

  private void sayIfDue(Visitor visitor) {
    Instant now = clock.instant();
    if (closed) {
      return;
    }
    if (!now.isBefore(visitor.window.plus(WINDOW))) {
      visitor.window = now;
      visitor.lines = 0;
    }
    if (visitor.lines < LINES) {
      visitor.lines++;
      say(visitor);
    } else {
      heldBack.add(visitor);
    }
  }

  private void say(Visitor visitor) {
    NodeStatus node = visitor.node;
    String often =
        visitor.untold > 1 ? " (it came or went %d times)".formatted(visitor.untold) : "";
    visitor.untold = 0;
    heldBack.remove(visitor);
    String who = "%s %s from %s".formatted(node.kind(), node.version(), node.address());
    log.accept(
        visitor.left == null
            ? "node %s is connected: %s%s".formatted(node.id(), who, often)
            : "node %s is gone: %s, connected since %s%s"
                .formatted(
                    node.id(), who, node.connectedSince().truncatedTo(ChronoUnit.SECONDS), often));
  }

  private void forget() {
    Instant oldest = clock.instant().minus(memory.time());
    Iterator<Visitor> each = gone.values().iterator();
    while (each.hasNext()) {
      Visitor visitor = each.next();
      boolean old = visitor.left == null || visitor.left.isBefore(oldest);
      if (!old && gone.size() <= memory.most()) {
        return;
      }
      each.remove();
      if (heldBack.contains(visitor)) {
        say(visitor);
      }
    }
  }
}
