package io.ergane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.proto.tls.UnusableTlsFiles;
import io.ergane.xds.SupportedEnvoys;
import io.ergane.xds.server.XdsServer;
import io.ergane.xds.server.XdsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Map;

/** Starts the discovery service. */
final class XdsListener {
  private XdsListener() {}

  /**
   * @param option that names the port
   * @throws UserError when the address is taken or a certificate cannot be used
   */
  static XdsServer start(XdsSettings settings, MeterRegistry registry, String option) {
    try {
      return XdsServer.start(settings, new SupportedEnvoys(), registry);
    } catch (UnusableTlsFiles e) {
      throw new UserError(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Binding.failed(
          "the control plane on %s:%d".formatted(settings.host(), settings.port()),
          e,
          "Choose another %s, or stop what listens there.".formatted(option));
    }
  }

  /** Whether every node runs what is published; those that reject it are not waited for. */
  static boolean acknowledged(XdsServer server) {
    return server.status().nodes().stream()
        .flatMap(node -> node.types().stream())
        .allMatch(type -> type.live() || !type.rejected().isEmpty());
  }

  /** The page that {@code ergane xds status} asks for. */
  static Map<String, AdminServer.Page> pages(XdsServer server) {
    return Map.of("/debug/xds", _ -> page(server));
  }

  private static AdminServer.Answer page(XdsServer server) {
    JsonNode status = server.status().toJson();
    return AdminServer.Answer.json(200, status.toPrettyString() + "\n");
  }
}
