package io.ergane.core.compile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.ObjectName;
import io.ergane.core.compile.Observed.Sighting;
import io.ergane.core.routing.SchedulingProfile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Sightings from relaxed JSON: unquoted keys, single quotes. */
final class Manifests {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();

  private Manifests() {}

  /** A sighting at line {@code age} of {@code all.yaml}. */
  static Sighting manifest(long age, String json) {
    return manifest(age, json, Map.of());
  }

  static Sighting manifest(long age, String json, Map<String, Integer> lines) {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
    String source = "all.yaml:" + age;
    return switch (Decoding.decode(node)) {
      case Decoded.Ok(var resource) ->
          new Sighting(resource.kind(), resource.name(), age, source, resource, List.of(), lines);
      case Decoded.Broken broken ->
          new Sighting(
              Objects.requireNonNull(broken.kind()),
              Objects.requireNonNull(broken.name()),
              age,
              source,
              null,
              broken.findings(),
              lines);
      case Decoded.Ignored ignored -> throw new IllegalArgumentException(ignored.toString());
    };
  }

  static Sighting route(long age, String name, String spec) {
    return manifest(
        age,
        "{apiVersion: 'networking.serving.volcano.sh/v1alpha1', kind: 'ModelRoute', metadata: {name: '%s'}, spec: %s}"
            .formatted(name, spec));
  }

  /** A route of one rule that sends the model to one server. */
  static Sighting simpleRoute(long age, String name, String model, String server) {
    return route(
        age,
        name,
        "{modelName: '%s', rules: [{targetModels: [{modelServerName: '%s'}]}]}"
            .formatted(model, server));
  }

  static Sighting server(long age, String name, String more) {
    return manifest(
        age,
        """
        {apiVersion: 'networking.serving.volcano.sh/v1alpha1', kind: 'ModelServer',
         metadata: {name: '%s'},
         spec: {inferenceEngine: 'vLLM', workloadSelector: {matchLabels: {app: '%s'}},
                workloadPort: {port: 8000} %s}}
        """
            .formatted(name, name, more));
  }

  static Sighting pod(long age, String name, String app, String status) {
    return manifest(
        age,
        "{apiVersion: 'v1', kind: 'Pod', metadata: {name: '%s', labels: {app: '%s'}}, status: %s}"
            .formatted(name, app, status));
  }

  static Sighting readyPod(long age, String name, String app, String ip) {
    return pod(
        age,
        name,
        app,
        "{podIP: '%s', phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]}"
            .formatted(ip));
  }

  static Observed observed(Sighting... sightings) {
    return observed(Arrays.asList(sightings));
  }

  static Observed observed(List<Sighting> sightings) {
    return new Observed(sightings, SchedulingProfile.DEFAULT, List.of());
  }

  static Compilation compile(Sighting... sightings) {
    return ImageCompiler.compile(observed(sightings), Compilation.EMPTY);
  }

  static Compilation compile(Compilation previous, Sighting... sightings) {
    return ImageCompiler.compile(observed(sightings), previous);
  }

  static ObjectName name(String name) {
    return new ObjectName("default", name);
  }
}
