package io.ergane.cli;

import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.names.EngineNames;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.dataplane.admin.DebugPages;
import io.ergane.xds.rollout.Rollout;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.ergane.xds.translate.EnvoySettings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Map;

/**
 * Files, or a cluster's objects, are compiled, and the outcome is served to nodes. No request of a
 * client comes here.
 */
public final class ControlPlaneProcess implements Running {
  private final Parts parts = new Parts();
  private final Rollout rollout;
  private final XdsServer xds;
  private final Pages pages;

  /**
   * Starts everything; returns when nodes are served.
   *
   * @throws UserError for what the user can put right
   */
  static ControlPlaneProcess start(
      FileImages files,
      XdsSettings at,
      EnvoySettings envoy,
      PageOptions pages,
      Map<String, String> environment) {
    try {
      return new ControlPlaneProcess(files, at, envoy, pages, environment);
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }

  private ControlPlaneProcess(
      FileImages files,
      XdsSettings at,
      EnvoySettings envoy,
      PageOptions pageOptions,
      Map<String, String> environment)
      throws IOException {
    try {
      PrometheusMeterRegistry registry = Instruments.jvmMetrics();
      rollout = new Rollout(files::told);
      EngineNames names = parts.opened(Waits.names(environment, rollout::accept));
      ControlPlane controlPlane = files.open(parts);
      controlPlane.listen(names::accept);
      controlPlane.start();
      xds = parts.opened(XdsListener.start(at, registry, "--xds-port"));
      parts.opened(rollout).serve(xds, envoy);
      Map<String, AdminServer.Page> all =
          DebugPages.ofControlPlane(rollout::told, registry::scrape);
      all.putAll(XdsListener.pages(xds));
      all.putAll(files.write(registry, () -> XdsListener.acknowledged(xds), parts));
      pages = Pages.open(pageOptions, all, registry::scrape, parts);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Port that nodes connect to. */
  int port() {
    return xds.port();
  }

  Pages pages() {
    return pages;
  }

  Rollout rollout() {
    return rollout;
  }

  @Override
  public int inFlight() {
    return 0;
  }

  @Override
  public void drain() {
    close();
  }

  @Override
  public void close() {
    parts.close();
  }
}
