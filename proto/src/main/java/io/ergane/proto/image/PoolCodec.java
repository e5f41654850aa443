package io.ergane.proto.image;

import io.ergane.api.InferenceEngine;
import io.ergane.api.ObjectName;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.proto.generated.image.v1.ImageProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Pools and their endpoint tables to messages and back. */
final class PoolCodec {
  private static final int MAX_PORT = 65_535;

  private PoolCodec() {}

  static ImageProto.Pool encode(Pool pool) {
    ImageProto.Pool.Builder message = ImageProto.Pool.newBuilder();
    if (pool.model() != null) {
      message.setModel(pool.model());
    }
    message.setEngine(pool.engine().text());
    pool.selector()
        .forEach((key, value) ->
            message.addSelector(ImageProto.Pair.newBuilder().setKey(key).setValue(value)));
    TrafficPolicy traffic = pool.traffic();
    message
        .setPort(pool.port())
        .setTls(pool.tls())
        .setTimeoutMillis(traffic.timeoutMillis())
        .setAttempts(traffic.attempts())
        .setRetryIntervalMillis(traffic.retryIntervalMillis());
    if (pool.unsupported() != null) {
      message.setUnsupported(pool.unsupported());
    }
    return message.build();
  }

  static Pool decode(ObjectName name, ImageProto.Pool message) {
    TreeMap<String, String> selector = new TreeMap<>();
    message.getSelectorList().forEach(pair -> selector.put(pair.getKey(), pair.getValue()));
    return new Pool(
        name,
        message.hasModel() ? message.getModel() : null,
        engine(message.getEngine()),
        selector,
        port(message.getPort()),
        message.getTls(),
        new TrafficPolicy(
            message.getTimeoutMillis(), message.getAttempts(), message.getRetryIntervalMillis()),
        message.hasUnsupported() ? message.getUnsupported() : null);
  }

  private static InferenceEngine engine(String text) {
    for (InferenceEngine engine : InferenceEngine.values()) {
      if (engine.text().equals(text)) {
        return engine;
      }
    }
    String accepted =
        Arrays.stream(InferenceEngine.values())
            .map(InferenceEngine::text)
            .collect(Collectors.joining(", "));
    throw new Garbled("its engine is '%s'; accepted are %s".formatted(text, accepted));
  }

  private static int port(int port) {
    if (port < 1 || port > MAX_PORT) {
      throw new Garbled(
          "a port is %s; 1 to %d is accepted".formatted(Integer.toUnsignedString(port), MAX_PORT));
    }
    return port;
  }

  static ImageProto.Endpoints encode(EndpointTable table) {
    ImageProto.Endpoints.Builder message = ImageProto.Endpoints.newBuilder();
    for (Endpoint endpoint : table.rows()) {
      ImageProto.Endpoint.Builder row = message.addEndpointsBuilder();
      row.setPod(Names.encode(endpoint.pod()))
          .setHost(endpoint.host())
          .setPort(endpoint.port())
          .setTls(endpoint.tls());
      if (endpoint.address() != null) {
        row.setAddress(endpoint.address());
      }
    }
    return message.build();
  }

  static EndpointTable decode(ObjectName pool, ImageProto.Endpoints message) {
    List<Endpoint> rows = new ArrayList<>(message.getEndpointsCount());
    for (ImageProto.Endpoint endpoint : message.getEndpointsList()) {
      if (endpoint.getHost().isEmpty()) {
        throw new Garbled("an endpoint without a host");
      }
      rows.add(
          new Endpoint(
              Names.decode(endpoint.getPod()),
              endpoint.getHost(),
              port(endpoint.getPort()),
              endpoint.getTls(),
              endpoint.hasAddress() ? endpoint.getAddress() : null));
    }
    return new EndpointTable(pool, rows);
  }
}
