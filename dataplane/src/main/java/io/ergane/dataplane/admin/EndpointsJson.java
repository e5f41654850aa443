package io.ergane.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.core.schedule.Signal;
import io.ergane.core.schedule.SignalBoard;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.Dataplane.Watched;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Every endpoint with its counts, signals and health. Unknown signals are null. */
final class EndpointsJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final double MILLIS = 1e-6;

  private EndpointsJson() {}

  static ObjectNode of(Dataplane dataplane) {
    ArrayNode rows = JSON.arrayNode();
    for (Watched watched : dataplane.state().watched()) {
      rows.add(row(dataplane, watched));
    }
    ObjectNode node = JSON.objectNode();
    node.set("endpoints", rows);
    ArrayNode leftOut = node.putArray("leftOut");
    dataplane.state().leftOut().forEach(endpoint -> leftOut.add(endpoint.toString()));
    return node;
  }

  private static ObjectNode row(Dataplane dataplane, Watched watched) {
    SignalBoard board = dataplane.board();
    int slot = watched.slot();
    long now = dataplane.now();
    ObjectNode node = JSON.objectNode();
    node.put("pod", watched.endpoint().pod().toString());
    node.put("address", watched.endpoint().authority());
    if (watched.endpoint().address() != null) {
      node.put("found", watched.endpoint().address());
    }
    node.put("engine", watched.pool().engine().text());
    ArrayNode pools = node.putArray("modelServers");
    dataplane
        .state()
        .pools()
        .forEach((name, pool) -> {
          if (Collections.binarySearch(pool.table().rows(), watched.endpoint()) >= 0) {
            pools.add(name.toString());
          }
        });
    node.put("inFlight", board.inFlight(slot));
    node.put("ejectedForMillis", (long) (dataplane.health().ejectedFor(slot, now) * MILLIS));
    node.put("share", dataplane.health().share(slot, now));
    for (Signal signal :
        List.of(Signal.RUNNING, Signal.WAITING, Signal.KV_USAGE, Signal.TTFT, Signal.TPOT)) {
      float value = board.read(signal, slot, now, Long.MAX_VALUE);
      String name = signal.name().toLowerCase(java.util.Locale.ROOT);
      if (Float.isNaN(value)) {
        node.putNull(name);
      } else {
        node.put(name, value);
      }
    }
    long age = board.sampleAge(slot, now);
    node.put("sampleAgeMillis", age < 0 ? -1 : (long) (age * MILLIS));
    Set<String> models = board.models(slot);
    ArrayNode listed = node.putArray("models");
    if (models != null) {
      models.stream().sorted().forEach(listed::add);
    }
    return node;
  }
}
