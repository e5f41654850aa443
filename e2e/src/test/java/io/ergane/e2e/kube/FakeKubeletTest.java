package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.e2e.Chats;
import io.ergane.e2e.Web;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stand-in for nodes behaves as nodes do. */
@NeedsPart(Part.API_SERVER)
final class FakeKubeletTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Namespace namespace = Namespace.create("kubelet");
  private final Web web = new Web();
  private FakeKubelet kubelet;

  @BeforeEach
  void start() {
    kubelet = FakeKubelet.start(namespace.server(), namespace.name(), KubeletSettings.of("m"));
  }

  @AfterEach
  void stop() {
    web.close();
    kubelet.close();
    assertThat(kubelet.problems()).isEmpty();
  }

  private void create(String pod, String image) {
    namespace.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s}
        spec:
          terminationGracePeriodSeconds: 5
          initContainers: [{name: download, image: "downloader:1"}]
          containers: [{name: engine, image: "%s", ports: [{containerPort: 8100}]}]
        """
            .formatted(pod, image));
  }

  private JsonNode pod(String name) {
    return namespace.find(Namespace.PODS, name).orElseThrow();
  }

  private JsonNode status(String name) {
    return pod(name).path("status");
  }

  private JsonNode container(String name) {
    return status(name).path("containerStatuses").path(0);
  }

  private boolean isReady(String name) {
    for (JsonNode condition : status(name).path("conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path("status").asText().equals("True");
      }
    }
    return false;
  }

  private void awaitReady(String name) {
    await().atMost(PATIENCE).until(() -> isReady(name));
  }

  private void awaitGone(String name) {
    await().atMost(PATIENCE).until(() -> namespace.find(Namespace.PODS, name).isEmpty());
  }

  private HttpResponse<String> chat(String ip) throws IOException, InterruptedException {
    return web.post("http://" + ip + ":8100/v1/chat/completions", Chats.body("m", "hello"));
  }

  @Test
  void aPodBecomesReadyAndItsEngineAnswersAtItsOwnAddress() throws Exception {
    create("a", "engine:1");
    create("b", "engine:1");
    awaitReady("a");
    awaitReady("b");

    String ip = status("a").path("podIP").asText();
    assertThat(ip).startsWith("127.").isNotEqualTo(status("b").path("podIP").asText());
    assertThat(chat(ip).headers().firstValue("x-engine")).contains("a");
    assertThat(status("a").path("phase").asText()).isEqualTo("Running");
    assertThat(pod("a").path("spec").path("nodeName").asText()).startsWith("node-");
    assertThat(container("a").path("restartCount").asInt(-1)).isZero();
    assertThat(kubelet.engines()).containsOnlyKeys("a", "b");
  }

  @Test
  void aDeletedPodEndsAtOnceAndSoDoesItsEngine() {
    create("a", "engine:1");
    awaitReady("a");
    String ip = status("a").path("podIP").asText();

    namespace.delete(Namespace.PODS, "a");

    awaitGone("a");
    assertThatThrownBy(() -> chat(ip)).isInstanceOf(IOException.class);
  }

  @Test
  void aSlowPodServesOnAfterItsDeletionUntilItsGracePeriodIsOver() throws Exception {
    kubelet.order("a", new PodOrder.EndsAfter(Duration.ofMinutes(1)));
    create("a", "engine:1");
    awaitReady("a");
    String ip = status("a").path("podIP").asText();

    namespace.delete(Namespace.PODS, "a");

    assertThat(pod("a").path("metadata").has("deletionTimestamp")).isTrue();
    assertThat(chat(ip).statusCode()).isEqualTo(200);
    awaitGone("a");
  }

  @Test
  void aCrashIsCountedAndTheContainerStartsAgainAtTheSameAddress() throws Exception {
    create("a", "engine:1");
    awaitReady("a");
    String ip = status("a").path("podIP").asText();

    kubelet.crash("a");

    await().atMost(PATIENCE).until(() -> container("a").path("restartCount").asInt() == 1);
    awaitReady("a");
    assertThat(status("a").path("podIP").asText()).isEqualTo(ip);
    assertThat(chat(ip).statusCode()).isEqualTo(200);
  }

  @Test
  void aFailedPodStaysFailed() {
    create("a", "engine:1");
    awaitReady("a");

    kubelet.fail("a");

    await().atMost(PATIENCE).until(() -> status("a").path("phase").asText().equals("Failed"));
    assertThat(isReady("a")).isFalse();
    assertThat(kubelet.engines()).isEmpty();
  }

  @Test
  void anOrderKeepsAPodFromBecomingReadyUntilItIsVoid() {
    kubelet.order("a", new PodOrder.NeverReady());
    create("a", "engine:1");
    await().atMost(PATIENCE).until(() -> status("a").path("phase").asText().equals("Running"));
    assertThat(isReady("a")).isFalse();

    kubelet.obeyUsually();

    awaitReady("a");
  }

  @Test
  void anImageThatCannotBePulledIsSaidToBeSo() {
    create("a", "engine:missing");

    await()
        .atMost(PATIENCE)
        .until(
            () -> container("a").at("/state/waiting/reason").asText().equals("ImagePullBackOff"));
    assertThat(status("a").path("phase").asText()).isEqualTo("Pending");
  }

  @Test
  void aPodThatNoNodeTakesIsSaidToBeUnschedulable() {
    kubelet.order("a", new PodOrder.Unschedulable());
    create("a", "engine:1");

    await()
        .atMost(PATIENCE)
        .until(() -> status("a").at("/conditions/0/reason").asText().equals("Unschedulable"));
    assertThat(pod("a").path("spec").has("nodeName")).isFalse();
  }

  @Test
  void podsOfALostNodeAreNotReadyAndTheirDeletionHangsUntilItIsForced() {
    create("a", "engine:1");
    awaitReady("a");

    kubelet.loseNode(kubelet.nodeOf("a"));
    await().atMost(PATIENCE).until(() -> !isReady("a"));
    namespace.delete(Namespace.PODS, "a");

    await()
        .during(Duration.ofSeconds(3))
        .atMost(PATIENCE)
        .until(() -> namespace.find(Namespace.PODS, "a").isPresent());
    namespace.deleteByForce(Namespace.PODS, "a");
    awaitGone("a");
  }
}
