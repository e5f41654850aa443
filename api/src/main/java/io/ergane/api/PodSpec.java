package io.ergane.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a core/v1 PodSpec whose form is checked. */
@IgnoresUnknownFields
record PodSpec(
    @JsonPropertyDescription("Containers of a pod.") @Required @UniqueBy("name")
        List<Container> containers,
    @JsonPropertyDescription("Containers that run to their end before the others start.")
        @UniqueBy("name")
        List<Container> initContainers,
    @JsonPropertyDescription("Volumes that containers may mount.") @UniqueBy("name")
        List<Volume> volumes,
    @JsonPropertyDescription("Labels that a node must carry to run a pod.")
        Map<String, String> nodeSelector,
    @JsonPropertyDescription("Seconds that a pod gets to end by itself.")
        @Nullable Long terminationGracePeriodSeconds,
    @JsonPropertyDescription("RuntimeClass of the pods.") @Nullable String runtimeClassName,
    @JsonPropertyDescription("Replaced by the scheduler of the ModelServing.")
        @Nullable String schedulerName) {

  @IgnoresUnknownFields
  record Container(
      @JsonPropertyDescription("Name of the container, unique in the pod.") @Required String name,
      @JsonPropertyDescription("Image of the container.") @Nullable String image,
      @JsonPropertyDescription("Arguments of the command.") List<String> args,
      @JsonPropertyDescription("Command in place of the image's entrypoint.") List<String> command,
      @JsonPropertyDescription("Environment variables.") @UniqueBy("name") List<EnvVar> env,
      @JsonPropertyDescription("Ports on which the container listens.") List<Port> ports,
      @JsonPropertyDescription("Compute resources of the container.")
          @Nullable Resources resources) {}

  @IgnoresUnknownFields
  record EnvVar(
      @JsonPropertyDescription("Name of the variable.") @Required String name,
      @JsonPropertyDescription("Value of the variable.") @Nullable String value) {}

  @IgnoresUnknownFields
  record Port(
      @JsonPropertyDescription("Number of the port.") @Required @Min(1) @Max(65535)
          int containerPort,
      @JsonPropertyDescription("Name of the port, unique in the pod.") @Nullable String name,
      @JsonPropertyDescription("TCP, UDP or SCTP; TCP when left out.") @Nullable String protocol) {}

  @IgnoresUnknownFields
  record Resources(
      @JsonPropertyDescription("The most that the container may use.") Map<String, Quantity> limits,
      @JsonPropertyDescription("The least that the container needs.")
          Map<String, Quantity> requests) {}

  @IgnoresUnknownFields
  record Volume(
      @JsonPropertyDescription("Name of the volume, unique in the pod.") @Required String name) {}
}
