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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model by its address; pods, ModelServer and ModelRoute are made for it. */
@JsonClassDescription("A model by its address; pods, ModelServer and ModelRoute are made for it.")
@AdditionalPrinterColumn(
    name = "Active",
    jsonPath = ".status.conditions[?(@.type=='Active')].status")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public record ModelBooster(ObjectMeta metadata, @Required Spec spec, Status status)
    implements Resource {
  private static final String LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  @Override
  public String apiVersion() {
    return WORKLOAD_V1ALPHA1;
  }

  @Override
  public String kind() {
    return "ModelBooster";
  }

  /**
   * A model and what serves it: one backend, or the list of them in the oldest manifests.
   *
   * @param name model name for clients; null: that of the object
   * @param autoscalingPolicy of older manifests, as a tree
   * @param costExpansionRatePercent of the oldest manifests
   */
  @ValidationRule(
      value = "has(self.backend) != has(self.backends)",
      message = Literals.ONE_BACKEND_FIELD)
  public record Spec(
      @JsonPropertyDescription("Model name for clients; the object's when left out.")
          @Size(max = 64)
          @Pattern(LABEL)
          @Nullable String name,
      @JsonPropertyDescription("Whose model it is, for people.") @Nullable String owner,
      @JsonPropertyDescription("What a request must look like; without it, every request matches.")
          ModelRoute.@Nullable ModelMatch modelMatch,
      @JsonPropertyDescription("What serves the model.") @Nullable Backend backend,
      @JsonPropertyDescription("Older form of backend: several of them.")
          @Size(min = 1)
          @UniqueBy("name")
          @Nullable List<Backend> backends,
      @JsonPropertyDescription("Accepted from older manifests: how the backend is scaled.")
          @Nullable Map<String, Object> autoscalingPolicy,
      @JsonPropertyDescription("Accepted from older manifests: how several backends are scaled.")
          @Min(0)
          @Max(1000)
          @Nullable Integer costExpansionRatePercent) {

    public Spec {
      backends = backends == null ? null : List.copyOf(backends);
      autoscalingPolicy = autoscalingPolicy == null ? null : JsonTree.copyOf(autoscalingPolicy);
    }

    /** What serves the model, in either form. */
    public List<Backend> allBackends() {
      return backend != null ? List.of(backend) : backends == null ? List.of() : backends;
    }
  }

  /**
   * Pods that serve a model with one engine.
   *
   * @param env each variable as a tree; names are unique
   * @param replicas ServingGroups; null in older manifests, which have {@code minReplicas}
   * @param minReplicas of older manifests
   * @param maxReplicas of older manifests
   */
  @ValidationRule(
      value = "has(self.replicas) || has(self.minReplicas)",
      message = Literals.REPLICAS_MISSING)
  public record Backend(
      @JsonPropertyDescription("Name of the backend.") @Required @Pattern(LABEL) String name,
      @JsonPropertyDescription("Engine, and whether prefill and decode are apart.") @Required
          BackendType type,
      @JsonPropertyDescription("Where the model comes from.")
          @Required
          @Pattern("^(hf://|s3://|obs://|pvc://|ms://).+")
          String modelURI,
      @JsonPropertyDescription("Where the model is kept.") @Pattern("^(hostpath://|pvc://).+")
          @Nullable String cacheURI,
      @JsonPropertyDescription("Sources of environment variables.")
          List<Map<String, Object>> envFrom,
      @JsonPropertyDescription("Environment variables.")
          @UniqueBy("name")
          @Holds(PodSpec.EnvVar.class)
          List<Map<String, Object>> env,
      @JsonPropertyDescription("Number of ServingGroups.") @Min(0) @Max(1_000_000)
          @Nullable Integer replicas,
      @JsonPropertyDescription("Older form of replicas: the fewest.") @Min(0) @Max(1_000_000)
          @Nullable Integer minReplicas,
      @JsonPropertyDescription("Older form of replicas: the most.") @Min(1) @Max(1_000_000)
          @Nullable Integer maxReplicas,
      @JsonPropertyDescription("Pods of each ServingGroup, by their task.")
          @Required
          @Size(min = 1, max = 1000)
          List<Worker> workers,
      @JsonPropertyDescription("Scheduler of the pods.") @Nullable String schedulerName,
      @JsonPropertyDescription("RuntimeClass of the pods.") @Nullable String runtimeClassName,
      @JsonPropertyDescription("Accepted from older manifests: LoRA adapters to load.")
          List<LoraAdapter> loraAdapters,
      @JsonPropertyDescription("Accepted from older manifests: share of the requests.")
          @Min(0)
          @Max(100)
          @Nullable Integer routeWeight,
      @JsonPropertyDescription("Accepted from older manifests: cost of a replica.") @Min(0)
          @Nullable Integer scalingCost,
      @JsonPropertyDescription("Accepted from older manifests, without effect.")
          @Nullable Duration scaleToZeroGracePeriod,
      @JsonPropertyDescription("Accepted from older manifests: how the backend is scaled.")
          @Nullable Map<String, Object> autoscalingPolicy) {

    public Backend {
      envFrom = envFrom.stream().map(JsonTree::copyOf).toList();
      env = env.stream().map(JsonTree::copyOf).toList();
      workers = List.copyOf(workers);
      loraAdapters = List.copyOf(loraAdapters);
      autoscalingPolicy = autoscalingPolicy == null ? null : JsonTree.copyOf(autoscalingPolicy);
    }

    /** Number of ServingGroups to begin with, in either form. */
    public int groups() {
      return replicas != null ? replicas : minReplicas != null ? minReplicas : 0;
    }
  }

  /** The engine of a backend, and whether prefill and decode are apart. */
  public enum BackendType implements Coded {
    VLLM("vLLM"),
    VLLM_DISAGGREGATED("vLLMDisaggregated"),
    SGLANG("SGLang"),
    MINDIE("MindIE"),
    MINDIE_DISAGGREGATED("MindIEDisaggregated");

    private final String text;

    BackendType(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /**
   * Pods with one task.
   *
   * @param resources of the engine's container, as a tree
   * @param config options of the engine's command line, as a tree
   */
  public record Worker(
      @JsonPropertyDescription("Task of the pods.") @Default("server") WorkerType type,
      @JsonPropertyDescription("Image of the engine.") @Nullable String image,
      @JsonPropertyDescription("Replicas of the role in each ServingGroup.") @Min(0) @Max(1_000_000)
          int replicas,
      @JsonPropertyDescription("Pods of each replica.") @Min(0) @Max(1_000_000) int pods,
      @JsonPropertyDescription("Compute resources of the engine.") @Holds(PodSpec.Resources.class)
          @Nullable Map<String, Object> resources,
      @JsonPropertyDescription("Affinity of the pods.") @Nullable Map<String, Object> affinity,
      @JsonPropertyDescription("Tolerations of the pods.") List<Map<String, Object>> tolerations,
      @JsonPropertyDescription("Options of the engine's command line.")
          Map<String, Object> config) {

    public Worker {
      resources = resources == null ? null : JsonTree.copyOf(resources);
      affinity = affinity == null ? null : JsonTree.copyOf(affinity);
      tolerations = tolerations.stream().map(JsonTree::copyOf).toList();
      config = JsonTree.copyOf(config);
    }
  }

  /** The task of pods. */
  public enum WorkerType implements Coded {
    SERVER("server"),
    PREFILL("prefill"),
    DECODE("decode"),
    CONTROLLER("controller"),
    COORDINATOR("coordinator");

    private final String text;

    WorkerType(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /** A LoRA adapter and where it comes from. */
  public record LoraAdapter(
      @JsonPropertyDescription("Name of the adapter.") @Required String name,
      @JsonPropertyDescription("Where the adapter comes from.") @Pattern("^(hf://|s3://|pvc://).+")
          @Nullable String artifactURL) {}

  /**
   * What the controller observes.
   *
   * @param observedGeneration generation of the object that was looked at; null: none yet
   */
  @IgnoresUnknownFields
  public record Status(
      @JsonPropertyDescription("Initialized, Active and Failed.") @UniqueBy("type")
          List<Condition> conditions,
      @JsonPropertyDescription("Generation of the object that was looked at.")
          @Nullable Long observedGeneration) {

    public static final Status EMPTY = new Status(List.of(), null);

    public Status {
      conditions = List.copyOf(conditions);
    }
  }
}
