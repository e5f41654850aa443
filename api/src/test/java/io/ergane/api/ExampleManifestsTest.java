package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.api.ModelServer.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ExampleManifestsTest {
  static final List<String> names = Manifests.NAMES;

  @ParameterizedTest
  @FieldSource("names")
  void exampleManifestsAreAcceptedUnchanged(String name) {
    for (JsonNode document : Manifests.load(name)) {
      Decoded decoded = Decoding.decode(document);

      assertThat(decoded).isInstanceOf(Decoded.Ok.class);
      assertThat(Admission.check(((Decoded.Ok) decoded).resource())).isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("names")
  void writingAndReadingAnObjectGivesAnEqualObject(String name) {
    for (JsonNode document : Manifests.load(name)) {
      Decoded decoded = Decoding.decode(document);
      JsonNode written = Encoding.toJson(((Decoded.Ok) decoded).resource());

      assertThat(Decoding.decode(written)).isEqualTo(decoded);
    }
  }

  @Test
  void everyFieldOfAServerIsRead() {
    ModelServer server = (ModelServer) first("traffic-policy");

    assertThat(server.name()).isEqualTo(new ObjectName("team-a", "deepseek-r1-7b"));
    assertThat(server.metadata().labels()).containsEntry("app.kubernetes.io/part-of", "serving");
    assertThat(server.metadata().annotations()).containsEntry("owner", "team-a");
    assertThat(server.metadata().creationTimestamp())
        .isEqualTo(Instant.parse("2026-01-31T08:30:00Z"));
    assertThat(server.metadata().resourceVersion()).isEqualTo("4711");
    assertThat(server.metadata().generation()).isEqualTo(3);
    assertThat(server.metadata().uid()).isEqualTo("1f6a3b52-2f47-4ba1-9b2b-0d8f5bb4f001");
    assertThat(server.spec().workloadPort())
        .isEqualTo(new ModelServer.WorkloadPort(8443, Protocol.HTTPS));
    assertThat(server.spec().inferenceEngine()).isEqualTo(InferenceEngine.VLLM);
    assertThat(server.spec().trafficPolicy())
        .isEqualTo(
            new ModelServer.TrafficPolicy(
                Duration.ofSeconds(90), new ModelServer.Retry(3, Duration.ofMillis(250))));
    assertThat(server.spec().kvConnector()).isNull();
  }

  @Test
  void aRunningReadyPodIsUsableUntilItIsDeleted() {
    JsonNode document = Manifests.load("pod").getFirst();
    Pod pod = (Pod) first("pod");

    assertThat(pod.usable()).isTrue();
    assertThat(pod.status().podIP()).isEqualTo("127.0.1.1");
    assertThat(pod.spec().nodeName()).isEqualTo("node-1");
    document.withObject("/metadata").put("deletionTimestamp", "2026-01-31T09:00:00Z");
    assertThat(((Pod) ((Decoded.Ok) Decoding.decode(document)).resource()).usable()).isFalse();
  }

  private static Resource first(String name) {
    return ((Decoded.Ok) Decoding.decode(Manifests.load(name).getFirst())).resource();
  }
}
