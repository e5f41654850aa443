package io.ergane.e2e.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.e2e.Chats;
import io.ergane.e2e.CommandLine;
import io.ergane.e2e.OpenAiRequests;
import io.ergane.e2e.SteadyLoad;
import io.ergane.e2e.Web;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An {@code ergane up --kubeconfig} for one namespace, with the rights that {@code deploy/} gives
 * to a control plane.
 */
record RunningGateway(CommandLine process, Web web, String url) implements AutoCloseable {
  private static final int CONNECTIONS = 6;
  private static final int TOKENS = 25;
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** Returns once it listens; routes may be missing then. */
  static RunningGateway start(Path folder, Namespace namespace, String... options)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--kubeconfig=" + Installation.account(),
                "--namespace=" + namespace.name(),
                "--leader-elect=false",
                "--host=127.0.0.1",
                "--port=0",
                "--debug-port=0",
                "--metrics-port=0"));
    arguments.addAll(List.of(options));
    CommandLine process =
        CommandLine.start(folder, Installation.environment(), arguments.toArray(String[]::new));
    try {
      String url = process.awaitUrl() + "/v1/chat/completions";
      return new RunningGateway(process, new Web(), url);
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  /** A ModelServer and a ModelRoute of the name {@code chat} to pods with these labels. */
  static String routing(String labels) {
    return """
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: ModelServer
    metadata: {name: chat}
    spec:
      model: "%s"
      inferenceEngine: vLLM
      workloadSelector:
        matchLabels: {%s}
      workloadPort: {port: 8000}
      trafficPolicy: {timeout: 10s}
    ---
    apiVersion: networking.serving.volcano.sh/v1alpha1
    kind: ModelRoute
    metadata: {name: chat}
    spec:
      modelName: chat
      rules:
      - name: default
        targetModels: [{modelServerName: chat}]
    """
        .formatted(ServingWorld.MODEL, labels);
  }

  /** A short request. */
  HttpResponse<String> ask() throws IOException, InterruptedException {
    return web.post(url, Chats.body("chat", "hello"));
  }

  /** Requests of OpenAI's own client, plain and streamed, of about a quarter of a second each. */
  SteadyLoad load(OpenAiRequests requests) {
    return SteadyLoad.start(CONNECTIONS, PAUSE, requests);
  }

  /** A client of OpenAI's own for the route {@code chat}. */
  OpenAiRequests openAi() {
    String base = url.substring(0, url.indexOf("/chat/completions"));
    return new OpenAiRequests(base, "chat", TOKENS);
  }

  /** Streamed requests of about a quarter of a second each. */
  SteadyLoad load() {
    return SteadyLoad.start(
        web, url, CONNECTIONS, PAUSE, i -> Chats.streamed("chat", "question " + i, TOKENS));
  }

  @Override
  public void close() {
    web.close();
    process.close();
    assertThat(Access.refused()).as("rights that deploy/rbac.yaml lacks").isEmpty();
  }
}
