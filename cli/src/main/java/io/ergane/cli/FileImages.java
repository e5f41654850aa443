package io.ergane.cli;

import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.Timing;
import io.ergane.controllers.config.RouterConfigurationFile;
import io.ergane.controllers.source.Source;
import io.ergane.core.compile.Compilation;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.admin.AdminServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Images that are compiled in this process from what files, or a cluster's objects, declare.
 *
 * @param config the router configuration; null for the usual place, when something is there
 * @param writers what is written back to the cluster; null without one
 * @param awaited whether the first image is in force when the feed has begun; else it comes when
 *     the sources have been read
 */
record FileImages(
    List<Source> sources, @Nullable Path config, @Nullable ClusterWriters writers, boolean awaited)
    implements Images {

  FileImages(List<Source> sources, @Nullable Path config, @Nullable ClusterWriters writers) {
    this(sources, config, writers, true);
  }

  FileImages(List<Source> sources, @Nullable Path config) {
    this(sources, config, null);
  }

  /** The same, without a wait for the first image. */
  FileImages unawaited() {
    return new FileImages(sources, config, writers, false);
  }

  @Override
  public Map<String, AdminServer.Page> feed(
      Dataplane dataplane, Instruments instruments, Parts parts) throws IOException {
    ControlPlane controlPlane = open(parts);
    controlPlane.listen(dataplane::apply);
    if (writers != null) {
      controlPlane.listen(writers::update);
    }
    if (awaited) {
      controlPlane.start();
    } else {
      controlPlane.begin();
    }
    return write(instruments.registry(), () -> true, parts);
  }

  /**
   * Begins to write back to the cluster, once data planes are told what it holds.
   *
   * @param acknowledged whether every data plane runs what was told last
   * @return pages of the admin port, by path
   */
  Map<String, AdminServer.Page> write(
      MeterRegistry registry, BooleanSupplier acknowledged, Parts parts) {
    if (writers == null) {
      return Map.of();
    }
    parts.opened(writers).start(registry, acknowledged);
    return writers.pages();
  }

  /** Takes what data planes were told. */
  void told(Compilation compilation) {
    if (writers != null) {
      writers.update(compilation);
    }
  }

  /** A control plane that has not started. */
  ControlPlane open(Parts parts) throws IOException {
    List<Source> all = all();
    for (Source source : all) {
      if (source instanceof AutoCloseable part) {
        parts.opened(part);
      }
    }
    return parts.opened(new ControlPlane(all, Timing.DEFAULT));
  }

  private List<Source> all() throws IOException {
    List<Source> all = new ArrayList<>(sources);
    Path path = config;
    if (path == null && Files.exists(RouterConfigurationFile.DEFAULT_PATH)) {
      path = RouterConfigurationFile.DEFAULT_PATH;
    }
    if (path != null) {
      RouterConfigurationFile file = RouterConfigurationFile.open(path);
      if (file.configuration().auth()) {
        throw new UserError(
            path
                + " has an auth block, but tokens are not checked by this version, and requests must"
                + " not pass unchecked. Remove the block, or check tokens in front of Ergane.");
      }
      all.add(file);
    }
    return all;
  }
}
