package io.ergane.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Looks at ports before anything is started. */
final class PortCheck {
  private PortCheck() {}

  /**
   * Says at once that several ports of a gateway are taken, which another gateway of the same ports
   * does; a single one is named by what wants to listen there.
   *
   * @throws UserError naming all options
   */
  static void requireFree(RouterOptions options) {
    List<String> taken = new ArrayList<>();
    List<String> flags = new ArrayList<>();
    int debugPort = options.pages.debugPort;
    int metricsPort = options.pages.metricsPort;
    if (isTaken(new InetSocketAddress(options.listener.host, options.listener.port))) {
      taken.add(options.listener.port + " (OpenAI API)");
      flags.add("--port");
    }
    if (isTaken(new InetSocketAddress(InetAddress.getLoopbackAddress(), debugPort))) {
      taken.add(debugPort + " (admin page)");
      flags.add("--debug-port");
    }
    if (isTaken(new InetSocketAddress(metricsPort))) {
      taken.add(metricsPort + " (metrics page)");
      flags.add("--metrics-port");
    }
    if (taken.size() > 1) {
      throw new UserError(
          "ports %s are taken; another Ergane seems to run. Stop it, or choose others with %s; 0 is any free one."
              .formatted(listed(taken), listed(flags)));
    }
  }

  private static String listed(List<String> words) {
    int last = words.size() - 1;
    return String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }

  private static boolean isTaken(InetSocketAddress address) {
    try {
      bind(address);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Listens for a moment.
   *
   * @throws IOException when that cannot be
   */
  static void bind(InetSocketAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    }
  }
}
