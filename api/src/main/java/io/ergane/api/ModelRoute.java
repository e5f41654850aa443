package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says which ModelServers or external providers serve a model name, and in which shares. */
@JsonClassDescription(
    "Says which ModelServers or external providers serve a model name, and in which shares.")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public record ModelRoute(ObjectMeta metadata, @Required Spec spec) implements Resource {

  @Override
  public String apiVersion() {
    return NETWORKING_V1ALPHA1;
  }

  @Override
  public String kind() {
    return "ModelRoute";
  }

  /**
   * What is routed where. Rules are tried in order; the first that matches decides.
   *
   * @param modelName null when the route is for LoRA adapters only
   * @param parentRefs empty: no Gateway, or any Gateway of the route's namespace
   */
  @ValidationRule(
      value =
          "(has(self.modelName) && self.modelName != '')"
              + " || (has(self.loraAdapters) && size(self.loraAdapters) > 0)",
      message = Literals.MODEL_NAME_OR_ADAPTERS)
  public record Spec(
      @JsonPropertyDescription(
              "Model name that clients put into the \"model\" field of a request. Cannot be changed"
                  + " once set.")
          @ValidationRule(value = "self == oldSelf", message = "modelName is immutable")
          @Nullable String modelName,
      @JsonPropertyDescription("LoRA adapter names that clients may ask for as the model.")
          @Size(max = 10)
          List<String> loraAdapters,
      @JsonPropertyDescription(
              "Gateways that the route is bound to. Without any, it serves requests that come through"
                  + " no Gateway or through one in its own namespace.")
          List<ParentReference> parentRefs,
      @JsonPropertyDescription("Rules, tried in order; the first that matches a request decides.")
          @Required
          @Size(max = 16)
          List<Rule> rules,
      @JsonPropertyDescription("Limits on the tokens per unit of time of this model.")
          @Nullable RateLimit rateLimit) {

    public Spec {
      modelName = modelName == null || modelName.isEmpty() ? null : modelName;
      loraAdapters = List.copyOf(loraAdapters);
      parentRefs = List.copyOf(parentRefs);
      rules = List.copyOf(rules);
    }
  }

  /**
   * One Gateway, or one listener of it.
   *
   * @param namespace null: the route's own namespace
   */
  public record ParentReference(
      @JsonPropertyDescription("API group of the parent.")
          @Default("gateway.networking.k8s.io")
          @Size(max = 253)
          String group,
      @JsonPropertyDescription("Kind of the parent.") @Default("Gateway") @Size(min = 1, max = 63)
          String kind,
      @JsonPropertyDescription("Namespace of the parent; the route's own when left out.")
          @Size(min = 1, max = 63)
          @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
          @Nullable String namespace,
      @JsonPropertyDescription("Name of the parent.") @Required @Size(min = 1, max = 253)
          String name,
      @JsonPropertyDescription("Name of one listener of the parent.") @Size(min = 1, max = 253)
          @Nullable String sectionName,
      @JsonPropertyDescription("Port of the parent's listeners.") @Min(1) @Max(65535)
          @Nullable Integer port) {}

  /**
   * A condition and the targets that share the requests meeting it.
   *
   * @param modelMatch null: every request matches
   */
  public record Rule(
      @JsonPropertyDescription("Name of the rule, for people.") @Nullable String name,
      @JsonPropertyDescription("What a request must look like; without it, every request matches.")
          @Nullable ModelMatch modelMatch,
      @JsonPropertyDescription("Where matching requests go, in proportion to the weights.")
          @Required
          @Size(min = 1, max = 16)
          @RefusedWith(Literals.TARGET_MISSING)
          List<TargetModel> targetModels) {

    public Rule {
      targetModels = List.copyOf(targetModels);
    }
  }

  /** Conditions on a request; all of them must hold. */
  public record ModelMatch(
      @JsonPropertyDescription("Conditions on the first value of request headers, by header name.")
          Map<String, StringMatch> headers,
      @JsonPropertyDescription("Condition on the URL path, without the query.")
          @Nullable StringMatch uri,
      @JsonPropertyDescription("Condition on the request body.") @Nullable BodyMatch body) {

    public ModelMatch {
      headers = Copies.of(headers);
    }
  }

  /** A condition on text: the first of the three that is present counts; none matches anything. */
  public record StringMatch(
      @JsonPropertyDescription("The whole text.") @Nullable String exact,
      @JsonPropertyDescription("The beginning of the text.") @Nullable String prefix,
      @JsonPropertyDescription("An RE2 expression that is found anywhere in the text.")
          @Nullable String regex) {}

  /** A condition on the request body. */
  public record BodyMatch(
      @JsonPropertyDescription("The exact value of the body's \"model\" field.")
          @Nullable String model) {}

  /** A destination in the route's namespace: exactly one of the two names is set. */
  @ValidationRule(
      value =
          "(has(self.modelServerName) && self.modelServerName != '')"
              + " != (has(self.externalModelProviderName) && self.externalModelProviderName != '')",
      message = Literals.ONE_DESTINATION)
  public record TargetModel(
      @JsonPropertyDescription("Name of a ModelServer in the route's namespace.")
          @Nullable String modelServerName,
      @JsonPropertyDescription("Name of an ExternalModelProvider in the route's namespace.")
          @Nullable String externalModelProviderName,
      @JsonPropertyDescription(
              "Share of the requests, relative to the sum of the weights of the rule's targets.")
          @Default("100")
          @Min(0)
          @Max(100)
          int weight) {

    public TargetModel {
      modelServerName =
          modelServerName == null || modelServerName.isEmpty() ? null : modelServerName;
      externalModelProviderName =
          externalModelProviderName == null || externalModelProviderName.isEmpty()
              ? null
              : externalModelProviderName;
    }
  }

  /** Token limits per unit of time; a limit that is null is not enforced. */
  public record RateLimit(
      @JsonPropertyDescription("Input tokens allowed per unit of time.") @Min(1)
          @Nullable Long inputTokensPerUnit,
      @JsonPropertyDescription("Output tokens allowed per unit of time.") @Min(1)
          @Nullable Long outputTokensPerUnit,
      @JsonPropertyDescription("Unit of time.") @Default("second") RateUnit unit,
      @JsonPropertyDescription(
              "Shares the limits between routers; without it each router counts" + " alone.")
          @Nullable GlobalRateLimit global) {}

  /** The unit of time of a rate limit. */
  public enum RateUnit implements Coded {
    SECOND("second", 1),
    MINUTE("minute", 60),
    HOUR("hour", 3600),
    DAY("day", 86_400),
    MONTH("month", 2_592_000);

    private final String text;
    private final int seconds;

    RateUnit(String text, int seconds) {
      this.text = text;
      this.seconds = seconds;
    }

    @Override
    public String text() {
      return text;
    }

    /** Length in seconds; a month has 30 days. */
    public int seconds() {
      return seconds;
    }
  }

  /** Where routers keep the counts they share. */
  public record GlobalRateLimit(
      @JsonPropertyDescription("The Redis server that keeps the counts.") @Required Redis redis) {}

  /** A Redis server. */
  public record Redis(@JsonPropertyDescription("Address as host:port.") @Required String address) {}
}
