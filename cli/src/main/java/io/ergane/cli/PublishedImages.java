package io.ergane.cli;

import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.names.EngineNames;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.xds.rollout.Rollout;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Images compiled from files, brought to nodes as well as to this process' own data plane. */
final class PublishedImages implements Images {
  private final FileImages files;
  private final Map<String, String> environment;
  private @Nullable Rollout rollout;

  PublishedImages(FileImages files, Map<String, String> environment) {
    this.files = files;
    this.environment = environment;
  }

  @Override
  public Map<String, AdminServer.Page> feed(
      Dataplane dataplane, Instruments instruments, Parts parts) throws IOException {
    Rollout to =
        new Rollout(compilation -> {
          dataplane.apply(compilation);
          files.told(compilation);
        });
    EngineNames names = parts.opened(Waits.names(environment, to::accept));
    ControlPlane controlPlane = files.open(parts);
    controlPlane.listen(names::accept);
    controlPlane.start();
    rollout = to;
    // The scheduler of this process chooses engines, whatever Envoy was told.
    return files.write(instruments.registry(), () -> true, parts);
  }

  /** What brings the images to nodes; there once the images are fed. The caller closes it. */
  Rollout rollout() {
    if (rollout == null) {
      throw new IllegalStateException("no image was fed");
    }
    return rollout;
  }
}
