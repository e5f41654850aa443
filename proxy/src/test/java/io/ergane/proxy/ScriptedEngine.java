package io.ergane.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine on a raw socket that does for each request what a script says. */
final class ScriptedEngine implements AutoCloseable {
  /** What to do with one request. */
  interface Script {
    void run(Call call) throws IOException, InterruptedException;
  }

  /** A request as it arrived. */
  @SuppressWarnings("ArrayRecordComponent")
  record Received(String head, byte[] body, int connection) {
    String text() {
      return new String(body, UTF_8);
    }

    String header(String name) {
      for (String line : head.split("\r\n")) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
          return line.substring(colon + 1).strip();
        }
      }
      return "";
    }

    boolean has(String name) {
      return head.toLowerCase(Locale.ROOT).contains("\r\n" + name.toLowerCase(Locale.ROOT) + ":");
    }
  }

  /** One request and the socket to answer it on. */
  static final class Call {
    final Received request;
    private final Socket socket;
    private final OutputStream out;

    Call(Received request, Socket socket) throws IOException {
      this.request = request;
      this.socket = socket;
      this.out = socket.getOutputStream();
    }

    Call send(String text) throws IOException {
      out.write(text.getBytes(UTF_8));
      out.flush();
      return this;
    }

    Call json(int status, String body) throws IOException {
      return send(
          "HTTP/1.1 %d Status\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(status, body.getBytes(UTF_8).length, body));
    }

    Call streamHead() throws IOException {
      return send(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    Call event(String data) throws IOException {
      return chunk("data: " + data + "\n\n");
    }

    Call chunk(String text) throws IOException {
      return send(Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n");
    }

    Call lastChunk() throws IOException {
      return send("0\r\n\r\n");
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    void close() throws IOException {
      socket.close();
    }

    /** Waits until the peer closes. */
    boolean awaitClose(long seconds) throws IOException {
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(seconds));
      try {
        return socket.getInputStream().read() < 0;
      } catch (java.net.SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        return true;
      }
    }
  }

  static final String ANSWER =
      "{\"id\":\"1\",\"choices\":[{\"message\":{\"content\":\"hi\"}}],"
          + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}";

  private final int port;
  private volatile ServerSocket listener;
  private volatile Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  final List<Received> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger abandoned = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);

  ScriptedEngine(Script script) {
    this.script = script;
    try {
      listener = bind(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = listener.getLocalPort();
    accept(listener);
  }

  /** Answers every request with {@link #ANSWER}. */
  static ScriptedEngine answering() {
    return new ScriptedEngine(call -> call.json(200, ANSWER));
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    return socket;
  }

  int port() {
    return port;
  }

  void script(Script next) {
    script = next;
  }

  int openConnections() {
    return open.size();
  }

  private void accept(ServerSocket from) {
    Thread.ofVirtual()
        .start(() -> {
          while (true) {
            try {
              Socket socket = from.accept();
              socket.setTcpNoDelay(true);
              open.add(socket);
              int number = connections.incrementAndGet();
              Thread.ofVirtual().start(() -> serve(socket, number));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (Received request = read(in, number); request != null; request = read(in, number)) {
        requests.add(request);
        script.run(new Call(request, socket));
        if (socket.isClosed()) {
          return;
        }
      }
    } catch (IOException e) {
      abandoned.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private static @org.jspecify.annotations.Nullable Received read(InputStream in, int number)
      throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      head.write(b);
    }
    Received request = new Received(head.toString(ISO_8859_1), new byte[0], number);
    int length = Integer.parseInt(request.header("content-length"));
    return new Received(request.head(), in.readNBytes(length), number);
  }

  /** Stops listening and resets every connection. */
  void die() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(ScriptedEngine::reset);
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // The connection has ended by itself.
    }
  }

  /** Listens again on the same port. */
  void revive() {
    try {
      listener = bind(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    accept(listener);
  }

  /** Blocks until the engine is closed. */
  void stall() throws InterruptedException {
    never.await();
  }

  @Override
  public void close() {
    never.countDown();
    die();
  }
}
