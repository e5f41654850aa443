package io.ergane.xds.translate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Engines on loopback addresses, all on one port, that keep what they are asked. */
final class EchoEngines implements AutoCloseable {
  /** What an engine was asked. */
  record Asked(String engine, Map<String, String> headers, int bodyBytes) {}

  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5,\"total_tokens\":16,\"prompt_tokens_details\":{\"cached_tokens\":3}}";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  final List<Asked> asked = new CopyOnWriteArrayList<>();

  EchoEngines(String... addresses) {
    int port = 0;
    try {
      for (String address : addresses) {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 64);
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(address, exchange));
        server.start();
        servers.add(server);
        port = server.getAddress().getPort();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return servers.getFirst().getAddress().getPort();
  }

  private void answer(String address, HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    asked.add(new Asked(address, headers, body.length()));
    exchange.getResponseHeaders().set("x-request-id", "of-the-engine");
    if (body.contains("\"busy\"")) {
      exchange.sendResponseHeaders(503, -1);
    } else if (body.contains("\"stream\":true")) {
      exchange.getResponseHeaders().set("content-type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      for (int i = 0; i < 3; i++) {
        out.write("data: {\"choices\":[{}],\"usage\":null}\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
      out.write(
          ("data: {\"choices\":[]," + padding(body) + USAGE + "}\n\ndata: [DONE]\n\n")
              .getBytes(StandardCharsets.UTF_8));
    } else {
      byte[] text = ("{\"id\":\"1\"," + USAGE + "}").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", "application/json");
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    }
    exchange.close();
  }

  /** The Responses API's last event repeats the whole answer before the usage. */
  private static String padding(String body) {
    return body.contains("\"long\"") ? "\"text\":\"" + "x".repeat(100_000) + "\"," : "";
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
