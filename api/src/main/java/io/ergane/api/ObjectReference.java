package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A reference to another object. Only its kind and name are used. */
@Atomic
public record ObjectReference(
    @JsonPropertyDescription("API group and version of the object.") @Nullable String apiVersion,
    @JsonPropertyDescription("Kind of the object; ModelServing when left out.")
        @Nullable String kind,
    @JsonPropertyDescription("Name of the object.") @Nullable String name,
    @JsonPropertyDescription("Namespace of the object; not used.") @Nullable String namespace,
    @JsonPropertyDescription("Not used.") @Nullable String uid,
    @JsonPropertyDescription("Not used.") @Nullable String resourceVersion,
    @JsonPropertyDescription("Not used.") @Nullable String fieldPath) {

  public ObjectReference {
    kind = kind == null || kind.isEmpty() ? null : kind;
    name = name == null || name.isEmpty() ? null : name;
  }

  /** A reference by name alone. */
  public static ObjectReference to(String kind, String name) {
    return new ObjectReference(null, kind, name, null, null, null, null);
  }
}
