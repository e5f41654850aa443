package io.ergane.controllers.files;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ModelRoute;
import io.ergane.api.ModelServer;
import io.ergane.api.ObjectMeta;
import io.ergane.api.Pod;
import io.ergane.api.Resource;
import io.ergane.controllers.source.Contents;
import io.ergane.core.compile.EndpointAddress;
import io.ergane.core.compile.Observed.Sighting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Engines that already run, named on the command line as {@code MODEL=URL[,URL…]}, as the objects
 * that would declare them: a ModelRoute, a ModelServer and one Pod a URL.
 */
public final class Backends {
  private static final String ACCEPTED =
      "accepted is MODEL=URL[,URL...], e.g. llama=http://127.0.0.1:8000,http://127.0.0.1:8001";
  private static final String LABEL = "ergane.io/backend";

  private final Map<String, Set<String>> urlsByModel = new LinkedHashMap<>();
  private final List<Sighting> sightings = new ArrayList<>();

  private Backends() {}

  /**
   * Parses all values of the option; values for one model add up.
   *
   * @throws IllegalArgumentException with what was found and what is accepted
   */
  public static Contents parse(List<String> values) {
    Backends backends = new Backends();
    values.forEach(backends::add);
    int ordinal = 0;
    for (Map.Entry<String, Set<String>> backend : backends.urlsByModel.entrySet()) {
      backends.declare("backend-" + ordinal++, backend.getKey(), List.copyOf(backend.getValue()));
    }
    return new Contents(backends.sightings, Optional.empty(), List.of());
  }

  private void add(String value) {
    int equals = value.indexOf('=');
    if (equals <= 0 || value.substring(0, equals).isBlank()) {
      throw new IllegalArgumentException(
          "--backend '%s' names no model; %s".formatted(value, ACCEPTED));
    }
    String model = value.substring(0, equals).strip();
    Set<String> urls = urlsByModel.computeIfAbsent(model, _ -> new LinkedHashSet<>());
    for (String part : value.substring(equals + 1).split(",", -1)) {
      String url = part.strip();
      try {
        var _ = EndpointAddress.parse(url);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "--backend '%s': %s".formatted(value, e.getMessage()), e);
      }
      if (!urls.add(url)) {
        throw new IllegalArgumentException(
            "--backend '%s' names %s a second time; name each URL of a model once"
                .formatted(value, url));
      }
    }
  }

  private void declare(String prefix, String model, List<String> urls) {
    String name = name(prefix, model);
    EndpointAddress first = EndpointAddress.parse(urls.getFirst());
    Map<String, String> labels = Map.of(LABEL, prefix);
    see(route(name, model), model);
    see(
        new ModelServer(
            ObjectMeta.of("default", name),
            new ModelServer.Spec(
                null,
                InferenceEngine.VLLM,
                new ModelServer.WorkloadSelector(labels, null),
                new ModelServer.WorkloadPort(
                    first.port(),
                    first.tls() ? ModelServer.Protocol.HTTPS : ModelServer.Protocol.HTTP),
                null,
                null)),
        model);
    for (int i = 0; i < urls.size(); i++) {
      see(pod(name + "-" + i, labels, urls.get(i)), model);
    }
  }

  private void see(Resource resource, String model) {
    sightings.add(Sighting.of(resource, sightings.size(), "--backend " + model));
  }

  private static ModelRoute route(String name, String model) {
    var target = new ModelRoute.TargetModel(name, null, 100);
    var rule = new ModelRoute.Rule(null, null, List.of(target));
    return new ModelRoute(
        ObjectMeta.of("default", name),
        new ModelRoute.Spec(model, List.of(), List.of(), List.of(rule), null));
  }

  private static Pod pod(String name, Map<String, String> labels, String url) {
    ObjectMeta metadata =
        new ObjectMeta(
            name,
            "default",
            labels,
            Map.of(EndpointAddress.ANNOTATION, url),
            null,
            null,
            0,
            null,
            null);
    return new Pod(metadata, Pod.Spec.EMPTY, Pod.Status.EMPTY);
  }

  /** A name for people: the model's, as far as object names allow it. */
  private static String name(String prefix, String model) {
    String words =
        model.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String name = words.isEmpty() ? prefix : prefix + "-" + words;
    return name.length() > 60 ? name.substring(0, 60).replaceAll("-$", "") : name;
  }
}
