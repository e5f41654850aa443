package io.ergane.xds.server;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.ergane.xds.server.session.Request;
import org.jspecify.annotations.Nullable;

/** Reads one form of discovery requests. */
interface Protocol<R> {
  int MAX_ERROR_LENGTH = 4096;

  Protocol<DiscoveryRequest> STATE_OF_THE_WORLD =
      new Protocol<>() {
        @Override
        public Node node(DiscoveryRequest request) {
          return request.getNode();
        }

        @Override
        public Request read(DiscoveryRequest request) {
          return new Request.Whole(
              request.getTypeUrl(),
              request.getVersionInfo(),
              request.getResponseNonce(),
              request.hasErrorDetail() ? error(request.getErrorDetail().getMessage()) : null,
              request.getResourceNamesList());
        }
      };

  Protocol<DeltaDiscoveryRequest> DELTA =
      new Protocol<>() {
        @Override
        public Node node(DeltaDiscoveryRequest request) {
          return request.getNode();
        }

        @Override
        public Request read(DeltaDiscoveryRequest request) {
          return new Request.Delta(
              request.getTypeUrl(),
              request.getResponseNonce(),
              request.hasErrorDetail() ? error(request.getErrorDetail().getMessage()) : null,
              request.getResourceNamesSubscribeList(),
              request.getResourceNamesUnsubscribeList(),
              request.getInitialResourceVersionsMap());
        }
      };

  Node node(R request);

  Request read(R request);

  private static @Nullable String error(String message) {
    return message.length() <= MAX_ERROR_LENGTH ? message : message.substring(0, MAX_ERROR_LENGTH);
  }
}
