package io.ergane.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes TCP connections on to a port of this machine, and can cut them. */
final class Relay implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean blocked;

  private Relay(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  }

  static Relay to(int target) throws IOException {
    Relay relay = new Relay(target);
    Thread.ofVirtual().start(relay::accept);
    return relay;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Resets every connection, and every new one, until {@link #mend}. */
  void cut() {
    blocked = true;
    open.forEach(Relay::reset);
  }

  void mend() {
    blocked = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (blocked) {
          reset(client);
        } else {
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
          join(client, server);
        }
      } catch (IOException e) {
        // Closed, or the target is not there: the next caller finds out for itself.
      }
    }
  }

  private void join(Socket client, Socket server) throws IOException {
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    open.add(client);
    open.add(server);
    Thread.ofVirtual().start(() -> copy(client, server));
    Thread.ofVirtual().start(() -> copy(server, client));
  }

  private void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // One side has ended; the other ends with it.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It has ended by itself.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(Relay::reset);
  }
}
