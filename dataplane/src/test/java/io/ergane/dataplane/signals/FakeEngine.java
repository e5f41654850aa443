package io.ergane.dataplane.signals;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An engine on a loopback port that answers byte for byte what it is told to. */
final class FakeEngine implements AutoCloseable {

  /**
   * What is done with one request.
   *
   * @param raw written as it is, a byte a character
   * @param thenClose whether the connection is closed behind them
   */
  record Answer(String raw, boolean thenClose) {

    static Answer text(String raw) {
      return new Answer(raw, false);
    }

    static Answer ok(String body) {
      return text("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
    }

    static Answer chunked(String body) {
      var raw = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int at = 0; at < body.length(); at += 37) {
        String chunk = body.substring(at, Math.min(body.length(), at + 37));
        raw.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
      }
      return text(raw.append("0\r\n\r\n").toString());
    }

    /** Nothing, for ever. */
    static Answer hang() {
      return text("");
    }

    Answer close() {
      return new Answer(raw, true);
    }
  }

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Map<String, Function<Integer, Answer>> pages = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  FakeEngine(ServerSocket server) {
    this.server = server;
    Thread.ofVirtual().start(this::accept);
  }

  static FakeEngine start() {
    try {
      return new FakeEngine(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** An engine with these metrics and one model, {@code m}. */
  static FakeEngine healthy(String metrics) {
    return start()
        .page("/metrics", Answer.ok(metrics))
        .page("/v1/models", Answer.ok("{\"data\":[{\"id\":\"m\"}]}"));
  }

  FakeEngine page(String path, Answer answer) {
    return page(path, n -> answer);
  }

  /** Answers by how often the page was asked for before. */
  FakeEngine page(String path, Function<Integer, Answer> answers) {
    pages.put(path, answers);
    return this;
  }

  int port() {
    return server.getLocalPort();
  }

  int accepted() {
    return accepted.get();
  }

  int openConnections() {
    return open.size();
  }

  int asked(String path) {
    AtomicInteger count = asked.get(path);
    return count == null ? 0 : count.get();
  }

  List<String> heads() {
    return heads;
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // Closed by the test.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String head = readHead(in); head != null; head = readHead(in)) {
        heads.add(head);
        String path = head.split(" ")[1];
        int before = asked.computeIfAbsent(path, p -> new AtomicInteger()).getAndIncrement();
        Answer answer =
            pages
                .getOrDefault(
                    path, n -> Answer.text("HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno"))
                .apply(before);
        socket.getOutputStream().write(answer.raw().getBytes(StandardCharsets.ISO_8859_1));
        if (answer.thenClose()) {
          return;
        }
      }
    } catch (IOException gone) {
      // The client left.
    } finally {
      open.remove(socket);
    }
  }

  private static @Nullable String readHead(InputStream in) throws IOException {
    var head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    return null;
  }
}
