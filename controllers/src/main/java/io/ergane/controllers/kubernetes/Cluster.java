package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster: its objects as JSON trees of {@code Map}, {@code List}, {@code String},
 * {@code Number}, {@code Boolean} and null. Methods that ask the API server wait for its answer and
 * throw {@link ApiException} when it refuses.
 */
public final class Cluster implements AutoCloseable {
  /** Who owns what server-side apply writes. */
  public static final String FIELD_MANAGER = "ergane";

  private static final String BLOCKS_OWNER = "blockOwnerDeletion";

  private final ClusterSettings settings;
  private final KubernetesClient client;
  private final Api api;
  private volatile MeterRegistry registry = new CompositeMeterRegistry();

  private Cluster(ClusterSettings settings, KubernetesClient client) {
    this.settings = settings;
    this.client = client;
    this.api = new Api(client, new RateLimit(settings.qps(), settings.burst()), settings.answer());
  }

  /**
   * Reads the configuration. The API server is not asked anything yet.
   *
   * @throws IllegalArgumentException when there is no configuration, or it cannot be used
   */
  public static Cluster open(ClusterSettings settings) {
    Config config =
        new ConfigBuilder(configuration(settings))
            .withUserAgent("ergane")
            .withRequestRetryBackoffLimit(0)
            .withRequestTimeout((int) settings.answer().toMillis())
            .build();
    if (settings.server() != null) {
      config.setMasterUrl(settings.server());
    }
    try {
      KubernetesClient client =
          new KubernetesClientBuilder()
              .withConfig(config)
              .withHttpClientFactory(new Transport(config.getTlsVersions()))
              .build();
      return new Cluster(settings, client);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the configuration of the cluster cannot be used: " + e.getMessage(), e);
    }
  }

  private static Config configuration(ClusterSettings settings) {
    if (settings.kubeconfig() == null) {
      return Config.autoConfigure(null);
    }
    if (!Files.isReadable(settings.kubeconfig())) {
      throw new IllegalArgumentException(
          "%s cannot be read. Name a kubeconfig file.".formatted(settings.kubeconfig()));
    }
    try {
      return Config.fromKubeconfig(settings.kubeconfig().toFile());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s is not a kubeconfig that can be used: %s"
              .formatted(settings.kubeconfig(), e.getMessage()),
          e);
    }
  }

  /** Counts writes there from now on, as {@code ergane_cluster_writes_total}. */
  public void measure(MeterRegistry meters) {
    registry = meters;
  }

  private Map<String, Object> write(Kind kind, String verb, Supplier<Map<String, Object>> request) {
    String outcome = "ok";
    try {
      return request.get();
    } catch (ApiException e) {
      outcome = e.code() == ApiException.NO_ANSWER ? "no-answer" : Integer.toString(e.code());
      throw e;
    } finally {
      Counter.builder("ergane.cluster.writes")
          .description("Writes to the API server")
          .tags("kind", kind.name(), "verb", verb, "outcome", outcome)
          .register(registry)
          .increment();
    }
  }

  /** Where the API server is. */
  public String url() {
    return client.getMasterUrl().toString();
  }

  public ClusterSettings settings() {
    return settings;
  }

  /** Follows the objects of a kind until the cache is closed. */
  public <T> Cache<T> cache(
      Kind kind, Selection selection, Extract<T> extract, Cache.Listener<T> listener) {
    return reflect(kind, selection, extract, listener);
  }

  <T> Cache<T> cache(
      Kind kind,
      Selection selection,
      Extract<T> extract,
      Cache.Known<T> known,
      Cache.Listener<T> listener) {
    return new Reflector<>(api, kind, selection, settings.page(), extract, known, listener).start();
  }

  <T> Reflector<T> reflect(
      Kind kind, Selection selection, Extract<T> extract, Cache.Listener<T> listener) {
    return new Reflector<>(api, kind, selection, settings.page(), extract, (_, _) -> null, listener)
        .start();
  }

  /** The selections that stand for the namespaces that are looked at. */
  public List<Selection> everywhere(String labels) {
    return settings.namespaces().isEmpty()
        ? List.of(new Selection(null, labels))
        : settings.namespaces().stream().map(each -> new Selection(each, labels)).toList();
  }

  /** An object as it is now; null when it is not there. */
  public @Nullable Map<String, Object> find(Kind kind, ObjectName name) {
    try {
      return api.get(kind.path(name));
    } catch (ApiException e) {
      if (e.notFound()) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Objects of a namespace as they are now, which a cache may not know yet.
   *
   * @param labels a label selector as the API server reads it
   */
  public List<Map<String, Object>> list(Kind kind, String namespace, String labels) {
    List<Map<String, Object>> found = new ArrayList<>();
    String path =
        "%s?limit=%d&labelSelector=%s"
            .formatted(kind.path(namespace), settings.page(), Kind.encode(labels));
    String next = "";
    do {
      Map<String, Object> page =
          api.get(next.isEmpty() ? path : path + "&continue=" + Kind.encode(next));
      found.addAll(Fields.maps(page, "items"));
      next = Fields.text(page, "metadata", "continue");
    } while (!next.isEmpty());
    return found;
  }

  /** The definition of a custom kind; null when it is not there. */
  public @Nullable Map<String, Object> findDefinition(Kind kind) {
    try {
      return api.get(kind.definitionPath());
    } catch (ApiException e) {
      if (e.notFound()) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Creates an object and returns it as stored. It does not hold up the deletion of its owners
   * where that takes a right which the account lacks.
   */
  public Map<String, Object> create(Kind kind, String namespace, Map<String, ?> object) {
    Map<String, Object> body = typed(kind, object);
    try {
      return write(kind, "create", () -> api.create(kind.path(namespace), body));
    } catch (ApiException e) {
      if (!e.forbidden() || !String.valueOf(e.getMessage()).contains(BLOCKS_OWNER)) {
        throw e;
      }
      Map<String, Object> letting = lettingOwnersGo(body);
      return write(kind, "create", () -> api.create(kind.path(namespace), letting));
    }
  }

  private static Map<String, Object> lettingOwnersGo(Map<String, Object> object) {
    List<Map<String, Object>> owners = new ArrayList<>();
    for (Map<String, Object> owner : Fields.maps(object, "metadata", "ownerReferences")) {
      Map<String, Object> letting = new LinkedHashMap<>(owner);
      letting.remove(BLOCKS_OWNER);
      owners.add(letting);
    }
    Map<String, Object> metadata = new LinkedHashMap<>(Fields.map(object, "metadata"));
    metadata.put("ownerReferences", owners);
    Map<String, Object> changed = new LinkedHashMap<>(object);
    changed.put("metadata", metadata);
    return changed;
  }

  /** Replaces an object, which names its resourceVersion if nobody may have written since. */
  public Map<String, Object> replace(Kind kind, ObjectName name, Map<String, ?> object) {
    Map<String, Object> body = typed(kind, object);
    return write(kind, "update", () -> api.replace(kind.path(name), body));
  }

  /** Changes some fields of an object; null removes one. */
  public Map<String, Object> merge(Kind kind, ObjectName name, Map<String, ?> change) {
    return write(kind, "patch", () -> api.patch(kind.path(name), Api.Patch.MERGE, change));
  }

  /** Changes some fields of an object's status; null removes one. */
  public Map<String, Object> mergeStatus(Kind kind, ObjectName name, Map<String, ?> change) {
    return write(
        kind, "status", () -> api.patch(kind.path(name) + "/status", Api.Patch.MERGE, change));
  }

  /** Replaces an object's status, for accounts that may not patch it; as {@link #replace}. */
  public Map<String, Object> replaceStatus(Kind kind, ObjectName name, Map<String, ?> object) {
    Map<String, Object> body = typed(kind, object);
    return write(kind, "status", () -> api.replace(kind.path(name) + "/status", body));
  }

  /**
   * Makes a part of an object's status ours and gives it these values, whoever wrote it before.
   *
   * @param status all fields that are ours; those that were and are not here are removed
   */
  public Map<String, Object> applyStatus(Kind kind, ObjectName name, Map<String, ?> status) {
    Map<String, Object> metadata = Map.of("name", name.name(), "namespace", name.namespace());
    Map<String, Object> body = Map.of("metadata", metadata, "status", status);
    String path = kind.path(name) + "/status?force=true&fieldManager=" + Kind.encode(FIELD_MANAGER);
    return write(kind, "apply-status", () -> api.patch(path, Api.Patch.APPLY, typed(kind, body)));
  }

  /**
   * Deletes an object, if it is the one that was meant; its dependents go after it.
   *
   * @param uid of the object that is meant
   * @param grace for pods, time to end; null for the pod's own
   * @return the object on its way out; without metadata of its own when it is gone
   * @throws ApiException conflict when another object of the name is there
   */
  public Map<String, Object> delete(
      Kind kind, ObjectName name, String uid, @Nullable Duration grace) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("apiVersion", "v1");
    options.put("kind", "DeleteOptions");
    options.put("preconditions", Map.of("uid", uid));
    options.put("propagationPolicy", "Background");
    if (grace != null) {
      options.put("gracePeriodSeconds", grace.toSeconds());
    }
    return write(kind, "delete", () -> api.delete(kind.path(name), options));
  }

  private static Map<String, Object> typed(Kind kind, Map<String, ?> object) {
    Map<String, Object> typed = new LinkedHashMap<>();
    typed.put("apiVersion", kind.apiVersion());
    typed.put("kind", kind.name());
    typed.putAll(object);
    return typed;
  }

  /** For what this class has no words for. */
  public KubernetesClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
  }
}
