package io.ergane.cli;

import io.ergane.dataplane.admin.AdminServer;
import io.ergane.dataplane.admin.DebugPages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Supplier;

/** The admin pages on loopback, and the metrics on all addresses. */
record Pages(AdminServer admin, AdminServer metrics) {
  /**
   * @param pages of the admin port, by path; a page for browsers is added
   * @param scrape the metrics in Prometheus' text format
   * @throws UserError when a port is taken
   */
  static Pages open(
      PageOptions options,
      Map<String, AdminServer.Page> pages,
      Supplier<String> scrape,
      Parts parts) {
    AdminServer admin = parts.opened(admin(options.debugPort, DebugPages.withIndex(pages)));
    AdminServer metrics =
        listen(
            "metrics page",
            "--metrics-port",
            new InetSocketAddress(options.metricsPort),
            Map.of("/metrics", DebugPages.metricsPage(scrape)));
    parts.opened(metrics);
    return new Pages(admin, metrics);
  }

  /**
   * Pages on loopback.
   *
   * @param pages by path
   * @throws UserError when the port is taken
   */
  static AdminServer admin(int port, Map<String, AdminServer.Page> pages) {
    return listen(
        "admin page",
        "--debug-port",
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        pages);
  }

  private static AdminServer listen(
      String what, String option, InetSocketAddress address, Map<String, AdminServer.Page> pages) {
    try {
      return new AdminServer(address, pages);
    } catch (IOException e) {
      throw Binding.failed(
          "the %s on port %d".formatted(what, address.getPort()),
          e,
          "Choose another %s, or stop what listens there.".formatted(option));
    }
  }
}
