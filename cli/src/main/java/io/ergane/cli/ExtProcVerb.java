package io.ergane.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ext-proc",
    description = {
      "Runs the scheduler alone: Envoys ask it where each request goes.",
      "",
      "It needs no manifests: `ergane control-plane` compiles them and streams the outcome. While the"
          + " control plane is gone, what it said last stays in force."
    },
    sortOptions = false)
final class ExtProcVerb implements Callable<Integer> {
  @Mixin DataPlaneOptions node = new DataPlaneOptions();

  @Mixin ExtProcOptions listener = new ExtProcOptions();

  @Override
  public Integer call() throws InterruptedException {
    node.check();
    listener.check();
    XdsImages images = XdsImages.of(node.xds, "ext-proc");
    try (ExtProcProcess process =
        ExtProcProcess.start(images, listener, node.pages, node.scheduling, System.getenv())) {
      Notice.of(
              "Ergane's scheduler is up; it decides when the control plane has sent its routes.",
              List.of(
                  "ext_proc", "%s:%d".formatted(listener.host, process.port()),
                  "node", images.node().id(),
                  "images from", images.address().toString(),
                  "admin", "http://127.0.0.1:%d".formatted(process.pages().admin().port()),
                  "metrics",
                      "http://127.0.0.1:%d/metrics".formatted(process.pages().metrics().port())))
          .print();
      Running.untilSignal(process);
    }
    return ExitCode.OK;
  }
}
