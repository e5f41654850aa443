package io.ergane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that nothing listens on. */
public final class Ports {
  private static final int FIRST = 20_000;

  /** Linux takes the ports of outgoing connections from 32768 on, which no port of ours may be. */
  private static final int END = 32_768;

  private static final int ATTEMPTS = 200;

  private Ports() {}

  /**
   * One that was free on all addresses a moment ago, for programs that must be told theirs, or that
   * are to come back to it. No outgoing connection takes it meanwhile.
   */
  public static int free() {
    IOException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket(port, 1)) {
        return socket.getLocalPort();
      } catch (IOException e) {
        last = e;
      }
    }
    throw new UncheckedIOException(
        "no free port from %d to %d".formatted(FIRST, END - 1),
        last == null ? new IOException() : last);
  }
}
