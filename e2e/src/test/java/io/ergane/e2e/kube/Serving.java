package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/** A ModelServing on an API server and what belongs to it. */
record Serving(Namespace namespace, String name) {
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String LABELS = "modelserving.volcano.sh/";

  /** A pod of it. */
  record Member(JsonNode pod) {
    String name() {
      return pod.path("metadata").path("name").asText();
    }

    String uid() {
      return pod.path("metadata").path("uid").asText();
    }

    String label(String key) {
      return pod.path("metadata").path("labels").path(LABELS + key).asText();
    }

    String group() {
      return label("group-name");
    }

    int groupOrdinal() {
      return Integer.parseInt(group().substring(group().lastIndexOf('-') + 1));
    }

    String role() {
      return label("role");
    }

    String roleId() {
      return label("role-id");
    }

    String revision() {
      return label("revision");
    }

    String image() {
      return pod.path("spec").path("containers").path(0).path("image").asText();
    }

    @Override
    public String toString() {
      return name() + " " + image() + (isReady() ? " ready" : isTerminating() ? " ends" : "");
    }

    boolean isTerminating() {
      return pod.path("metadata").has("deletionTimestamp");
    }

    boolean isReady() {
      for (JsonNode condition : pod.path("status").path("conditions")) {
        if (condition.path("type").asText().equals("Ready")) {
          return !isTerminating() && condition.path("status").asText().equals("True");
        }
      }
      return false;
    }
  }

  static ConditionFactory patiently() {
    return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).pollDelay(Duration.ZERO);
  }

  /** Applies a manifest of this ModelServing. */
  Serving apply(ServingManifest manifest) {
    namespace.apply(manifest.text());
    return this;
  }

  /** Merges JSON into the object, e.g. {@code {"spec": {"replicas": 3}}}. */
  void patch(String merge) {
    var _ = namespace.patch(Namespace.SERVINGS, name, merge);
  }

  void scale(int replicas) {
    var _ =
        namespace.patch(
            Namespace.SERVINGS, name + "/scale", "{\"spec\": {\"replicas\": " + replicas + "}}");
  }

  /** Says what a scale-down would lose with a pod. */
  void cost(String pod, int cost) {
    var _ =
        namespace.patch(
            Namespace.PODS,
            pod,
            """
            {"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "%d"}}}\
            """
                .formatted(cost));
  }

  JsonNode object() {
    return namespace.find(Namespace.SERVINGS, name).orElseThrow();
  }

  JsonNode status() {
    return object().path("status");
  }

  /** The pods that the API server has, those that end too. */
  List<Member> pods() {
    return namespace.list(Namespace.PODS).stream()
        .map(Member::new)
        .filter(pod -> pod.label("name").equals(name))
        .toList();
  }

  Stream<Member> pods(Predicate<Member> which) {
    return pods().stream().filter(which);
  }

  Member pod(String pod) {
    return pods(each -> each.name().equals(pod)).findFirst().orElseThrow();
  }

  /** Pods by name with their UIDs. */
  Map<String, String> uids() {
    return pods().stream()
        .collect(Collectors.toMap(Member::name, Member::uid, (a, _) -> a, TreeMap::new));
  }

  /** Ordinals of groups that have pods. */
  TreeSet<Integer> groups() {
    return pods().stream().map(Member::groupOrdinal).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Role replicas that have pods, such as {@code prefill-0}, of all groups together. */
  TreeSet<String> roleIds(String role) {
    return pods(pod -> pod.role().equals(role))
        .map(Member::roleId)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Images of a group's pods. */
  TreeSet<String> images(int group) {
    return pods(pod -> pod.groupOrdinal() == group)
        .map(Member::image)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Groups all of whose pods are ready, when each has so many. */
  long availableGroups(int size) {
    return pods(Member::isReady)
        .collect(Collectors.groupingBy(Member::group, Collectors.counting()))
        .values()
        .stream()
        .filter(count -> count >= size)
        .count();
  }

  boolean isReady() {
    JsonNode object = object();
    JsonNode status = object.path("status");
    int wanted = object.path("spec").path("replicas").asInt(1);
    return status.path("observedGeneration").asLong(-1)
            == object.path("metadata").path("generation").asLong()
        && status.path("replicas").asInt(0) == wanted
        && status.path("availableReplicas").asInt(0) == wanted;
  }

  /** Waits until the status says that all groups are available. */
  Serving awaitReady() {
    patiently().untilAsserted(() -> assertThat(isReady()).as("ready: %s", status()).isTrue());
    return this;
  }

  /** Waits until it is ready with exactly these pods, none of them on its way out. */
  Serving awaitPods(int count) {
    patiently()
        .untilAsserted(() -> {
          assertThat(isReady()).as("ready: %s", status()).isTrue();
          assertThat(pods()).hasSize(count).allMatch(Member::isReady);
        });
    return this;
  }

  /** Waits until its rollout is over too. */
  Serving awaitUpdated() {
    patiently()
        .untilAsserted(() -> {
          JsonNode status = status();
          assertThat(isReady()).as("ready: %s", status).isTrue();
          assertThat(status.path("updatedReplicas").asInt())
              .isEqualTo(status.path("replicas").asInt());
          assertThat(pods()).allMatch(Member::isReady);
        });
    return this;
  }

  boolean hasCondition(String type, String status) {
    for (JsonNode condition : status().path("conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition.path("status").asText().equals(status);
      }
    }
    return false;
  }

  /** The events about it, each with its reason before its message. */
  List<String> events() {
    return namespace.list(Namespace.EVENTS).stream()
        .filter(event -> event.path("involvedObject").path("name").asText().equals(name))
        .map(event -> event.path("reason").asText() + ": " + event.path("message").asText())
        .toList();
  }
}
