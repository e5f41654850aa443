package io.ergane.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "proxy",
    description = {
      "Runs the built-in proxy alone, with the routes of a control plane.",
      "",
      "It needs no manifests: `ergane control-plane` compiles them and streams the outcome. While the"
          + " control plane is gone, what it said last stays in force."
    },
    sortOptions = false)
final class ProxyVerb implements Callable<Integer> {
  @Mixin DataPlaneOptions node = new DataPlaneOptions();

  @Mixin ListenerOptions listener = new ListenerOptions();

  @Override
  public Integer call() throws InterruptedException {
    node.check();
    listener.check();
    XdsImages images = XdsImages.of(node.xds, "proxy");
    try (Router router =
        Router.start(images, listener, node.pages, node.scheduling, System.getenv())) {
      String scheme = listener.tlsCert == null ? "http" : "https";
      Notice.of(
              "Ergane's proxy is up; it serves when the control plane has sent its routes.",
              List.of(
                  "OpenAI API", "%s://127.0.0.1:%d/v1".formatted(scheme, router.port()),
                  "node", images.node().id(),
                  "images from", images.address().toString(),
                  "admin", "http://127.0.0.1:%d".formatted(router.adminPort()),
                  "metrics", "http://127.0.0.1:%d/metrics".formatted(router.metricsPort())))
          .print();
      Running.untilSignal(router);
    }
    return ExitCode.OK;
  }
}
