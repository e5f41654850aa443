package io.ergane.controllers.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.Finding;
import io.ergane.api.ModelServing;
import io.ergane.api.ObjectName;
import io.ergane.controllers.kubernetes.Fields;
import io.ergane.controllers.kubernetes.Sightings;
import io.ergane.controllers.kubernetes.Versioned;
import io.ergane.controllers.serving.plan.ObservedPod;
import io.ergane.controllers.serving.plan.ObservedPodGroup;
import io.ergane.controllers.serving.plan.ObservedRevision;
import io.ergane.controllers.serving.plan.ObservedService;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an object that a plan reads.
 *
 * @param <T> the plan's value
 */
record Seen<T>(ObjectName name, String uid, String version, Map<String, String> labels, T value)
    implements Versioned {

  /**
   * A ModelServing.
   *
   * @param serving null when it cannot be read
   * @param findings why not; or, of one that can, why its status counts as empty
   */
  record Declared(@Nullable ModelServing serving, List<Finding> findings) {}

  /** A pod and where it is reached. */
  record Placed(ObservedPod pod, String ip) {}

  private static <T> Seen<T> of(Map<String, Object> object, T value) {
    return new Seen<>(
        Trees.name(object), Trees.uid(object), Trees.version(object), Trees.labels(object), value);
  }

  ObjectName serving() {
    return Trees.serving(name, labels);
  }

  /** Whether another form of the object makes no difference. */
  boolean same(@Nullable Seen<T> other) {
    return other != null && uid.equals(other.uid) && Objects.equals(value, other.value);
  }

  static Seen<Declared> declared(Map<String, Object> object) {
    JsonNode json = Sightings.json(object);
    return of(
        object,
        switch (Decoding.decodeStored(json)) {
          case Decoded.Ok(ModelServing serving) -> declared(serving, json);
          case Decoded.Broken(_, _, var findings) -> new Declared(null, findings);
          case Decoded.Ok _, Decoded.Ignored _ ->
              new Declared(null, List.of(new Finding("kind", "is not ModelServing")));
        });
  }

  private static Declared declared(ModelServing serving, JsonNode json) {
    boolean empty = serving.status().equals(ModelServing.Status.EMPTY);
    return new Declared(serving, empty ? Decoding.unreadableStatus(json) : List.of());
  }

  static Seen<Placed> pod(Map<String, Object> object) {
    ObservedPod pod = Pods.read(object);
    return new Seen<>(
        Trees.name(object),
        pod.uid(),
        Trees.version(object),
        pod.labels(),
        new Placed(pod, Fields.text(object, "status", "podIP")));
  }

  static Seen<ObservedService> service(Map<String, Object> object) {
    return of(
        object,
        new ObservedService(
            Fields.text(object, "metadata", "name"),
            Trees.uid(object),
            Trees.controller(object),
            Trees.labels(object),
            Trees.terminating(object)));
  }

  static Seen<ObservedRevision> revision(Map<String, Object> object) {
    return of(
        object,
        new ObservedRevision(
            Fields.text(object, "metadata", "name"),
            Trees.uid(object),
            Trees.controller(object),
            Trees.labels(object),
            Fields.number(object, 0, "revision"),
            object.get("data")));
  }

  static Seen<ObservedPodGroup> podGroup(Map<String, Object> object) {
    return of(
        object,
        new ObservedPodGroup(
            Fields.text(object, "metadata", "name"),
            Trees.uid(object),
            Trees.controller(object),
            Trees.labels(object),
            Fields.map(object, "spec"),
            Trees.terminating(object)));
  }
}
