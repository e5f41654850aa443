package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A group of pods that serve one model with one engine, and how requests reach them. */
@JsonClassDescription(
    "A group of pods that serve one model with one engine, and how requests reach them.")
@AdditionalPrinterColumn(name = "Engine", jsonPath = ".spec.inferenceEngine")
@AdditionalPrinterColumn(
    name = "Port",
    jsonPath = ".spec.workloadPort.port",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Protocol", jsonPath = ".spec.workloadPort.protocol")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public record ModelServer(ObjectMeta metadata, @Required Spec spec) implements Resource {

  @Override
  public String apiVersion() {
    return NETWORKING_V1ALPHA1;
  }

  @Override
  public String kind() {
    return "ModelServer";
  }

  /**
   * Which pods, which engine, how to talk to them.
   *
   * @param model name that the engine serves; null: requests keep the client's name
   */
  public record Spec(
      @JsonPropertyDescription(
              "Model name that the engine serves; requests are rewritten to it. Without it they keep"
                  + " the client's name.")
          @Size(max = 256)
          @Nullable String model,
      @JsonPropertyDescription("Inference server that the pods run.") @Required
          InferenceEngine inferenceEngine,
      @JsonPropertyDescription("Selects the pods.")
          @Required
          @RefusedWith(Literals.SELECTOR_MISSING)
          WorkloadSelector workloadSelector,
      @JsonPropertyDescription("Port on which the pods serve.") @Required WorkloadPort workloadPort,
      @JsonPropertyDescription("Time limits and retries of requests to the pods.")
          @Nullable TrafficPolicy trafficPolicy,
      @JsonPropertyDescription(
              "How prefill pods hand the KV cache to decode pods; by engine when left out.")
          @Nullable KvConnector kvConnector) {

    public Spec {
      model = model == null || model.isEmpty() ? null : model;
    }
  }

  /** Selects pods of the ModelServer's namespace by labels, all of which must be equal. */
  public record WorkloadSelector(
      @JsonPropertyDescription("Labels that a pod must carry.") Map<String, String> matchLabels,
      @JsonPropertyDescription("Splits the pods into prefill and decode groups.")
          @Nullable PdGroup pdGroup) {

    public WorkloadSelector {
      matchLabels = Copies.of(matchLabels);
    }
  }

  /** Tells prefill pods from decode pods, and which of them belong together. */
  public record PdGroup(
      @JsonPropertyDescription(
              "Label whose value is common to prefill and decode pods that belong together.")
          @Required
          @RefusedWith(Literals.GROUP_KEY_MISSING)
          String groupKey,
      @JsonPropertyDescription("Labels of prefill pods.") @Required
          Map<String, String> prefillLabels,
      @JsonPropertyDescription("Labels of decode pods.") @Required
          Map<String, String> decodeLabels) {

    public PdGroup {
      prefillLabels = Copies.of(prefillLabels);
      decodeLabels = Copies.of(decodeLabels);
    }
  }

  /** The port on which every selected pod serves. */
  public record WorkloadPort(
      @JsonPropertyDescription("Port number.") @Required @Min(1) @Max(65535) int port,
      @JsonPropertyDescription("Protocol spoken on the port.") @Default("http")
          Protocol protocol) {}

  /** Plain HTTP or HTTP over TLS. */
  public enum Protocol implements Coded {
    HTTP("http"),
    HTTPS("https");

    private final String text;

    Protocol(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /**
   * Time limits and retries.
   *
   * @param timeout from sending a request to the head of its response; null or zero: no limit
   */
  public record TrafficPolicy(
      @JsonPropertyDescription(
              "Longest time from sending a request to the head of its response, for each attempt;"
                  + " no limit when left out.")
          @Nullable Duration timeout,
      @JsonPropertyDescription("Retries of failed attempts.") @Nullable Retry retry) {}

  /** How often and after which pause a failed attempt is repeated. */
  public record Retry(
      @JsonPropertyDescription("Most attempts after the first one.") @Min(0) int attempts,
      @JsonPropertyDescription("Pause before an attempt.") @Default("100ms")
          Duration retryInterval) {}

  /** How prefill pods hand the KV cache to decode pods. */
  public record KvConnector(
      @JsonPropertyDescription("Kind of connector.") @Default("http") KvConnectorType type) {}

  /** The kinds of KV cache connectors. */
  public enum KvConnectorType implements Coded {
    HTTP("http"),
    LMCACHE("lmcache"),
    NIXL("nixl"),
    MOONCAKE("mooncake");

    private final String text;

    KvConnectorType(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }
}
