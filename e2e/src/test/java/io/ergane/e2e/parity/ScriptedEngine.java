package io.ergane.e2e.parity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An engine that says of itself what it is told to say, and answers at once, always in one way. */
final class ScriptedEngine implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How requests are answered. */
  enum Way {
    ANSWERS(200),
    /** With a 500. */
    FAILS(500),
    /** With a 503. */
    IS_FULL(503),
    /** Nothing listens. */
    IS_GONE(0);

    final int status;

    Way(int status) {
      this.status = status;
    }
  }

  /** The totals and gauges of a metrics page. */
  record Signals(
      double running,
      double waiting,
      double kvUsage,
      double ttftSum,
      double ttftCount,
      double tpotSum,
      double tpotCount) {

    String text() {
      return """
      vllm:num_requests_running %s
      vllm:num_requests_waiting %s
      vllm:kv_cache_usage_perc %s
      vllm:time_to_first_token_seconds_sum %s
      vllm:time_to_first_token_seconds_count %s
      vllm:inter_token_latency_seconds_sum %s
      vllm:inter_token_latency_seconds_count %s
      """
          .formatted(running, waiting, kvUsage, ttftSum, ttftCount, tpotSum, tpotCount);
    }
  }

  final String name;
  final String app;
  final Way way;
  final List<String> models;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Signals signals = new Signals(0, 0, 0, 0, 0, 0, 0);

  private ScriptedEngine(
      String name, String app, Way way, List<String> models, ServerSocket listener) {
    this.name = name;
    this.app = app;
    this.way = way;
    this.models = List.copyOf(models);
    this.listener = listener;
  }

  /**
   * @param address of the loopback net, the engine's own
   * @param models that it lists
   */
  static ScriptedEngine start(String name, String app, Way way, String address, List<String> models)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0), 1024);
    ScriptedEngine engine = new ScriptedEngine(name, app, way, models, socket);
    if (way == Way.IS_GONE) {
      socket.close();
    } else {
      Thread.ofVirtual().start(engine::accept);
    }
    return engine;
  }

  String url() {
    return "http://" + authority();
  }

  String authority() {
    InetSocketAddress at = (InetSocketAddress) listener.getLocalSocketAddress();
    return at.getAddress().getHostAddress() + ":" + at.getPort();
  }

  Signals signals() {
    return signals;
  }

  void say(Signals next) {
    signals = next;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (String head = head(in); head != null; head = head(in)) {
        out.write(answer(head, body(head, in)).getBytes(UTF_8));
        out.flush();
      }
    } catch (IOException e) {
      // The caller left.
    } finally {
      open.remove(socket);
    }
  }

  private static @Nullable String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.write(next);
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return head.toString(ISO_8859_1);
  }

  private static byte[] body(String head, InputStream in) throws IOException {
    String lower = head.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("\r\ncontent-length:");
    if (at >= 0) {
      int end = lower.indexOf("\r\n", at + 2);
      return in.readNBytes(Integer.parseInt(lower.substring(at + 17, end).strip()));
    }
    if (!lower.contains("\r\ntransfer-encoding: chunked")) {
      return new byte[0];
    }
    throw new IOException("a body of unknown length");
  }

  private String answer(String head, byte[] body) throws IOException {
    if (head.startsWith("GET /metrics")) {
      return whole(200, "text/plain; version=0.0.4", signals.text());
    }
    if (head.startsWith("GET /v1/models")) {
      String data =
          models.stream()
              .map(model -> "{\"id\":\"%s\",\"object\":\"model\"}".formatted(model))
              .collect(Collectors.joining(","));
      return whole(200, "application/json", "{\"object\":\"list\",\"data\":[" + data + "]}");
    }
    if (way != Way.ANSWERS) {
      return whole(way.status, "application/json", "{\"error\":{\"message\":\"scripted\"}}");
    }
    JsonNode request = JSON.readTree(body);
    String path = head.split(" ", 3)[1];
    return request.path("stream").asBoolean() ? stream(request) : generation(path, request);
  }

  private String generation(String path, JsonNode request) {
    int input = inputTokens(request);
    int output = outputTokens(request);
    String usage =
        path.startsWith("/v1/messages") || path.startsWith("/v1/responses")
            ? "\"input_tokens\":%d,\"output_tokens\":%d".formatted(input, output)
            : "\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d"
                .formatted(input, output, input + output);
    return whole(
        200,
        "application/json",
        "{\"model\":%s,\"content\":\"hi\",\"usage\":{%s}}".formatted(request.get("model"), usage));
  }

  private String stream(JsonNode request) {
    StringBuilder events = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      events.append(
          """
          data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1700000000,\
          "model":"m","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}

          """);
    }
    if (request.path("stream_options").path("include_usage").asBoolean()) {
      int input = inputTokens(request);
      int output = outputTokens(request);
      events.append(
          "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n"
              .formatted(input, output, input + output));
    }
    return whole(200, "text/event-stream", events.append("data: [DONE]\n\n").toString());
  }

  /** The usage that an engine reports for a body. */
  static int inputTokens(byte[] body) {
    return inputTokens(parsed(body));
  }

  static int outputTokens(byte[] body) {
    return outputTokens(parsed(body));
  }

  private static JsonNode parsed(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int inputTokens(JsonNode request) {
    return tokens(request, 5, 40);
  }

  private static int outputTokens(JsonNode request) {
    return tokens(request, 2, 30);
  }

  /** A number that depends on the prompt alone. */
  private static int tokens(JsonNode request, int least, int span) {
    String prompt =
        request.path("messages").toString() + request.path("prompt") + request.path("input");
    return least + Math.floorMod(prompt.hashCode(), span);
  }

  private String whole(int status, String type, String body) {
    return "HTTP/1.1 %d Scripted\r\ncontent-type: %s\r\nx-engine: %s\r\ncontent-length: %d\r\n\r\n%s"
        .formatted(status, type, name, body.getBytes(UTF_8).length, body);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
