package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import java.util.Map;

/**
 * What pods are made from.
 *
 * @param spec a core/v1 PodSpec as an immutable tree in the form of {@link JsonTree}; every field
 *     of it is kept
 */
public record PodTemplate(
    @JsonPropertyDescription("Labels and annotations of the pods.") Metadata metadata,
    @JsonPropertyDescription("PodSpec of the pods.") @Required @Holds(PodSpec.class)
        Map<String, Object> spec) {

  public PodTemplate {
    spec = JsonTree.copyOf(spec);
  }

  public PodTemplate(
      Map<String, String> labels, Map<String, String> annotations, Map<String, Object> spec) {
    this(new Metadata(labels, annotations), spec);
  }

  /** Labels that pods get beside those of the system. */
  public Map<String, String> labels() {
    return metadata.labels();
  }

  /** Annotations that pods get. */
  public Map<String, String> annotations() {
    return metadata.annotations();
  }

  /** The containers that run side by side, each as a tree. */
  public List<Map<String, Object>> containers() {
    return objects("containers");
  }

  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> objects(String field) {
    return spec.get(field) instanceof List<?> items
        ? items.stream()
            .filter(Map.class::isInstance)
            .map(item -> (Map<String, Object>) item)
            .toList()
        : List.of();
  }

  /** The part of metadata that a template carries. */
  @IgnoresUnknownFields
  public record Metadata(
      @JsonPropertyDescription("Labels of the pods.") Map<String, String> labels,
      @JsonPropertyDescription("Annotations of the pods.") Map<String, String> annotations) {

    public Metadata {
      labels = Copies.of(labels);
      annotations = Copies.of(annotations);
    }
  }
}
