package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where values of a metric come from: exactly one of the two.
 *
 * @param type of older manifests; without effect
 */
@ValidationRule(value = "has(self.pod) || has(self.prometheus)", message = Literals.SOURCE_MISSING)
@ValidationRule(value = "!(has(self.pod) && has(self.prometheus))", message = Literals.SOURCES_TWO)
public record MetricSource(
    @JsonPropertyDescription("The pods themselves.") @Nullable PodSource pod,
    @JsonPropertyDescription("A Prometheus server.") @Nullable PrometheusSource prometheus,
    @JsonPropertyDescription("Accepted from older manifests, without effect.")
        @Nullable String type) {

  /**
   * An endpoint that every pod serves, in Prometheus' text format.
   *
   * @param name name of the metric there; null: its name in the policy
   * @param labelSelector which of the target's pods; null: all
   */
  public record PodSource(
      @JsonPropertyDescription("Name that pods give the metric; its own when left out.")
          @Nullable String name,
      @JsonPropertyDescription("Path of the endpoint.") @Default("/metrics") @Pattern("^/")
          String uri,
      @JsonPropertyDescription("Port of the endpoint.") @Default("8100") @Min(1) @Max(65535)
          int port,
      @JsonPropertyDescription("Which of the target's pods are asked; all when left out.")
          @Nullable LabelSelector labelSelector) {

    public PodSource {
      name = name == null || name.isEmpty() ? null : name;
    }
  }

  /**
   * A query to a Prometheus server.
   *
   * @param auth reserved; without effect
   */
  public record PrometheusSource(
      @JsonPropertyDescription("Address of the server.") @Required @Size(min = 1) String serverURL,
      @JsonPropertyDescription("Query in PromQL.") @Required @Size(min = 1) String query,
      @JsonPropertyDescription("Reserved.") @Nullable Map<String, Object> auth) {

    public PrometheusSource {
      auth = auth == null ? null : JsonTree.copyOf(auth);
    }
  }
}
