package io.ergane.cli;

import io.ergane.controllers.source.Source;
import io.ergane.dataplane.image.ControlPlaneAddress;
import io.ergane.dataplane.image.ImageNode;
import io.ergane.dataplane.image.ImageStream;
import io.ergane.dataplane.image.ImageStreamSettings;
import io.ergane.extproc.Rehearsal;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The part of a training run that is about Envoys: their control plane and their scheduler. */
final class TrainEnvoys {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int NODES = 50;
  private static final int REQUESTS = 200;
  private static final Duration REHEARSAL = Duration.ofSeconds(20);
  private static final long WAIT_SECONDS = 5;

  private TrainEnvoys() {}

  /** Starts a control plane and a scheduler on ports of their own, asks both, and stops them. */
  static void run(List<Source> sources, RouterOptions options, Map<String, String> environment)
      throws IOException, InterruptedException {
    XdsSettings xds = XdsSettings.DEFAULT.at(LOOPBACK, 0);
    ExtProcOptions listener = new ExtProcOptions();
    listener.host = LOOPBACK;
    FileImages files = new FileImages(sources, null);
    try (ControlPlaneProcess control =
        ControlPlaneProcess.start(files, xds, EnvoySettings.DEFAULT, options.pages, environment)) {
      ControlPlaneAddress address = new ControlPlaneAddress(LOOPBACK, control.port(), null);
      XdsImages images = new XdsImages(address, node(NODES));
      try (ExtProcProcess scheduler =
          ExtProcProcess.start(images, listener, options.pages, options.scheduling, environment)) {
        int served = 0;
        while (served < NODES && subscribe(address, served)) {
          served++;
        }
        Rehearsal.run(scheduler.port(), "train", REQUESTS, REHEARSAL);
      }
    }
  }

  private static ImageNode node(int number) {
    return new ImageNode("train-" + number, "ergane-ext-proc", "");
  }

  /** Whether the node got an image in time. */
  private static boolean subscribe(ControlPlaneAddress address, int number)
      throws IOException, InterruptedException {
    try (ImageStream stream =
        ImageStream.start(
            address,
            node(number),
            ImageStreamSettings.DEFAULT,
            _ -> {},
            InstantSource.system(),
            number)) {
      return stream
          .first()
          .thenApply(_ -> true)
          .completeOnTimeout(false, WAIT_SECONDS, TimeUnit.SECONDS)
          .join();
    }
  }
}
