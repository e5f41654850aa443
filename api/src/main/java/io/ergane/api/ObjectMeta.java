package io.ergane.api;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of Kubernetes object metadata that Ergane reads.
 *
 * @param name the object's name, unique per kind and namespace
 * @param namespace {@code default} when a manifest leaves it out
 * @param labels in manifest order, never null
 * @param annotations in manifest order, never null
 * @param uid identity given by the API server; null for objects read from files
 * @param resourceVersion opaque version given by the API server; compared as text
 * @param generation count of changes to the object's {@code spec}; 0 for objects read from files
 * @param creationTimestamp when the API server first stored the object
 * @param deletionTimestamp when the object is to be gone; non-null means it is on its way out
 * @param ownerReferences objects that this one belongs to and goes with
 */
@IgnoresUnknownFields
public record ObjectMeta(
    @Required String name,
    @Default("default") String namespace,
    Map<String, String> labels,
    Map<String, String> annotations,
    @Nullable String uid,
    @Nullable String resourceVersion,
    long generation,
    @Nullable Instant creationTimestamp,
    @Nullable Instant deletionTimestamp,
    List<OwnerReference> ownerReferences) {

  public ObjectMeta {
    namespace = namespace.isEmpty() ? "default" : namespace;
    labels = Copies.of(labels);
    annotations = Copies.of(annotations);
    ownerReferences = List.copyOf(ownerReferences);
  }

  /** Metadata of an object that belongs to no other. */
  public ObjectMeta(
      String name,
      String namespace,
      Map<String, String> labels,
      Map<String, String> annotations,
      @Nullable String uid,
      @Nullable String resourceVersion,
      long generation,
      @Nullable Instant creationTimestamp,
      @Nullable Instant deletionTimestamp) {
    this(
        name,
        namespace,
        labels,
        annotations,
        uid,
        resourceVersion,
        generation,
        creationTimestamp,
        deletionTimestamp,
        List.of());
  }

  /** Metadata with a name and nothing else. */
  public static ObjectMeta of(String namespace, String name) {
    return new ObjectMeta(name, namespace, Map.of(), Map.of(), null, null, 0, null, null);
  }

  /** This metadata with other labels. */
  public ObjectMeta withLabels(Map<String, String> newLabels) {
    return new ObjectMeta(
        name,
        namespace,
        newLabels,
        annotations,
        uid,
        resourceVersion,
        generation,
        creationTimestamp,
        deletionTimestamp,
        ownerReferences);
  }

  /** This metadata with another creation time and resource version, as an API server sets them. */
  public ObjectMeta withCreation(Instant created, @Nullable String version) {
    return new ObjectMeta(
        name,
        namespace,
        labels,
        annotations,
        uid,
        version,
        generation,
        created,
        deletionTimestamp,
        ownerReferences);
  }

  /** The owner that manages the object; null if there is none. */
  public @Nullable OwnerReference controller() {
    return ownerReferences.stream().filter(OwnerReference::controller).findFirst().orElse(null);
  }

  /** The object's namespace and name. */
  public ObjectName objectName() {
    return new ObjectName(namespace, name);
  }
}
