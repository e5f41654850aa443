package io.ergane.dataplane.admin;

import com.google.re2j.Pattern;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small HTTP server for GET requests of operators, apart from the data path. */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final int MAX_CONCURRENT = 16;
  private static final Pattern LOOPBACK_HOST =
      Pattern.compile("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?");

  static {
    // Bounds that the JDK's server takes from system properties only, by default none.
    bound("sun.net.httpserver.maxReqTime", 5);
    bound("sun.net.httpserver.maxRspTime", 60);
    bound("jdk.httpserver.maxConnections", 256);
  }

  private static void bound(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  private static final Answer NO_SUCH_PAGE =
      Answer.json(404, "{\"error\":\"no such page; the index is at /\"}");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore permits = new Semaphore(MAX_CONCURRENT);

  /** Answers a path below the one it is registered for. */
  public interface Page extends Function<String, Answer> {}

  /** What is sent back. */
  public record Answer(int status, String contentType, String body) {
    public static Answer json(int status, String body) {
      return new Answer(status, "application/json; charset=utf-8", body);
    }

    /** A page for browsers. */
    public static Answer html(String body) {
      return new Answer(200, "text/html; charset=utf-8", body);
    }

    public static Answer text(String body) {
      return new Answer(200, "text/plain; charset=utf-8", body);
    }
  }

  /**
   * @param pages by path; a path that ends in {@code /} takes everything below it. Where {@code /}
   *     or {@code /debug/} is not among them, it lists the others.
   * @throws IOException when the address cannot be bound
   */
  public AdminServer(InetSocketAddress address, Map<String, Page> pages) throws IOException {
    server = HttpServer.create(address, 64);
    server.setExecutor(threads);
    Map<String, Page> all = new TreeMap<>(pages);
    Page listing = single(Answer.html(Listing.of(pages.keySet())));
    all.putIfAbsent("/", listing);
    all.putIfAbsent("/debug/", listing);
    all.forEach(
        (path, page) -> server.createContext(path, exchange -> serve(exchange, path, page)));
    server.start();
  }

  /** Always the same answer, and none for paths below. */
  static Page single(Answer answer) {
    return rest -> rest.isEmpty() ? answer : NO_SUCH_PAGE;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange, String path, Page page) throws IOException {
    try (exchange) {
      send(exchange, answer(exchange, path, page));
    }
  }

  /**
   * A page on loopback is for this machine. A browser that was led here by another site's name says
   * that name.
   */
  private boolean isForeign(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    return server.getAddress().getAddress().isLoopbackAddress()
        && host != null
        && !LOOPBACK_HOST.matches(host);
  }

  private Answer answer(HttpExchange exchange, String path, Page page) {
    if (isForeign(exchange)) {
      return Answer.json(403, "{\"error\":\"call this port by localhost or 127.0.0.1\"}");
    }
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return Answer.json(405, "{\"error\":\"only GET is accepted here\"}");
    }
    String asked = exchange.getRequestURI().getPath();
    boolean below = path.endsWith("/");
    if (!asked.startsWith(path) || (!below && asked.length() > path.length())) {
      return NO_SUCH_PAGE;
    }
    if (!permits.tryAcquire()) {
      return Answer.json(503, "{\"error\":\"too many requests at once, try again\"}");
    }
    try {
      return page.apply(asked.substring(path.length()));
    } catch (RuntimeException e) {
      LOG.error("page {} failed", asked, e);
      return Answer.json(500, "{\"error\":\"the page failed; see the log\"}");
    } finally {
      permits.release();
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
