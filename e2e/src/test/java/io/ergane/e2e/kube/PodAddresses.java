package io.ergane.e2e.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses 127.n.y.z that nobody else on this machine hands out: a socket that stays open claims
 * the n.
 */
final class PodAddresses implements AutoCloseable {
  private static final int FIRST = 20;
  private static final int LAST = 250;

  /** Below those that outgoing connections and listeners on port 0 get. */
  private static final int CLAIM_PORT = 17_001;

  private final int network;
  private final ServerSocket claim;
  private final AtomicInteger next = new AtomicInteger();

  private PodAddresses(int network, ServerSocket claim) {
    this.network = network;
    this.claim = claim;
  }

  /** Throws {@link IllegalStateException} when all are taken. */
  static PodAddresses claim() {
    IOException last = null;
    for (int network = FIRST; network <= LAST; network++) {
      try {
        InetAddress address = InetAddress.ofLiteral("127." + network + ".255.254");
        return new PodAddresses(network, new ServerSocket(CLAIM_PORT, 1, address));
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IllegalStateException("no free network of pods from 127.20 to 127.250", last);
  }

  /** Another one; after about 64,000 they come again. */
  String next() {
    int at = next.getAndIncrement() % (254 * 254);
    return "127." + network + "." + (at / 254 + 1) + "." + (at % 254 + 1);
  }

  @Override
  public void close() {
    try {
      claim.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
