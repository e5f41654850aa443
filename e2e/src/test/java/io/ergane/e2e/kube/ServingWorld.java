package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.simulator.model.EngineConfig;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.function.Predicate;

/** A namespace with nodes, for the ModelServings of one test. */
record ServingWorld(Namespace namespace, FakeKubelet kubelet) implements AutoCloseable {
  static final String MODEL = "vendor/model";

  private static final EngineConfig TOKENS_IN_10_MS =
      EngineConfig.fast().withTimes(Duration.ofMillis(5), Duration.ofMillis(10));

  static ServingWorld create() {
    return create(KubeletSettings.of(MODEL));
  }

  /** With nodes of that kind, whose engines take 10 ms for a token. */
  static ServingWorld create(KubeletSettings kubelet) {
    Namespace namespace = Namespace.create("serving");
    KubeletSettings settings = kubelet.withPace(TOKENS_IN_10_MS);
    return new ServingWorld(
        namespace, FakeKubelet.start(namespace.server(), namespace.name(), settings));
  }

  /** Applies a manifest. */
  Serving apply(ServingManifest manifest) {
    return new Serving(namespace, manifest.name()).apply(manifest);
  }

  /** Pods with this value of a label of ModelServing, such as {@code role}. */
  static Predicate<Pod> labelled(String label, String value) {
    return pod ->
        value.equals(pod.getMetadata().getLabels().get("modelserving.volcano.sh/" + label));
  }

  @Override
  public void close() {
    kubelet.close();
    assertThat(kubelet.problems()).isEmpty();
  }
}
