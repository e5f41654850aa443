package io.ergane.e2e.kube;

import io.ergane.e2e.Chats;
import io.ergane.e2e.CommandLine;
import io.ergane.e2e.SteadyLoad;
import io.ergane.e2e.Web;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An {@code ergane up --kubeconfig} for one namespace. */
record RunningGateway(CommandLine process, Web web, String url) implements AutoCloseable {
  private static final int CONNECTIONS = 6;
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** Returns once it listens; routes may be missing then. */
  static RunningGateway start(Path folder, Namespace namespace, String... options)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--kubeconfig=" + Installation.server().kubeconfig(),
                "--namespace=" + namespace.name(),
                "--leader-elect=false",
                "--host=127.0.0.1",
                "--port=0",
                "--debug-port=0",
                "--metrics-port=0"));
    arguments.addAll(List.of(options));
    CommandLine process = CommandLine.start(folder, arguments.toArray(String[]::new));
    try {
      String url = process.awaitErr("OpenAI API +(http://\\S+)/v1") + "/v1/chat/completions";
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

  /** Streamed requests of about a quarter of a second each. */
  SteadyLoad load() {
    return SteadyLoad.start(
        web, url, CONNECTIONS, PAUSE, i -> Chats.streamed("chat", "question " + i, 25));
  }

  @Override
  public void close() {
    web.close();
    process.close();
  }
}
