package io.ergane.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.admin.AdminServer;
import io.ergane.dataplane.image.ControlPlaneAddress;
import io.ergane.dataplane.image.ImageMetrics;
import io.ergane.dataplane.image.ImageNode;
import io.ergane.dataplane.image.ImageStatus;
import io.ergane.dataplane.image.ImageStream;
import io.ergane.dataplane.image.ImageStreamSettings;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Images of a control plane in another process. */
record XdsImages(ControlPlaneAddress address, ImageNode node) implements Images {

  static XdsImages of(XdsOptions options, String kind) {
    String version = XdsImages.class.getPackage().getImplementationVersion();
    ImageNode node =
        new ImageNode(options.nodeId(kind), "ergane-" + kind, version == null ? "" : version);
    return new XdsImages(options.address(), node);
  }

  @Override
  public Map<String, AdminServer.Page> feed(
      Dataplane dataplane, Instruments instruments, Parts parts) throws IOException {
    ImageStream stream =
        parts.opened(
            ImageStream.start(
                address,
                node,
                ImageStreamSettings.DEFAULT,
                dataplane::apply,
                InstantSource.system(),
                ThreadLocalRandom.current().nextLong()));
    ImageMetrics.register(stream.monitor(), instruments.registry());
    return Map.of("/debug/stream", _ -> page(stream.status()));
  }

  private AdminServer.Answer page(ImageStatus status) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("controlPlane", address.toString());
    json.put("node", node.id());
    json.put("connected", status.connected());
    json.put("since", status.since().toString());
    json.put("image", status.image());
    json.put("changed", status.changed() == null ? null : status.changed().toString());
    json.put("waitingFor", status.waitingFor());
    json.put("problem", status.problem());
    return AdminServer.Answer.json(200, json.toPrettyString() + "\n");
  }
}
