package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
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
