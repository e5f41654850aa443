package io.ergane.xds.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.compression.gzip.decompressor.v3.Gzip;
import io.envoyproxy.envoy.extensions.content_parsers.json.v3.JsonContentParser;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.decompressor.v3.Decompressor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.Lua;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.LuaPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.TypeUrl;
import java.util.List;

/** Envoy's messages as text that people and Envoy read. */
final class EnvoyText {
  private static final List<Message> RESOURCES =
      List.of(
          Listener.getDefaultInstance(),
          RouteConfiguration.getDefaultInstance(),
          Cluster.getDefaultInstance(),
          ClusterLoadAssignment.getDefaultInstance(),
          Secret.getDefaultInstance());

  private static final List<Message> EXTENSIONS =
      List.of(
          Bootstrap.getDefaultInstance(),
          Buffer.getDefaultInstance(),
          BufferPerRoute.getDefaultInstance(),
          Decompressor.getDefaultInstance(),
          DownstreamTlsContext.getDefaultInstance(),
          ExpressionFilter.getDefaultInstance(),
          ExtProcPerRoute.getDefaultInstance(),
          ExternalProcessor.getDefaultInstance(),
          Gzip.getDefaultInstance(),
          HeaderMutation.getDefaultInstance(),
          HttpConnectionManager.getDefaultInstance(),
          HttpGrpcAccessLogConfig.getDefaultInstance(),
          HttpProtocolOptions.getDefaultInstance(),
          JsonContentParser.getDefaultInstance(),
          JsonToMetadata.getDefaultInstance(),
          LeastRequest.getDefaultInstance(),
          Lua.getDefaultInstance(),
          LuaPerRoute.getDefaultInstance(),
          OverrideHost.getDefaultInstance(),
          PreviousHostsPredicate.getDefaultInstance(),
          RawBuffer.getDefaultInstance(),
          Router.getDefaultInstance(),
          SseToMetadata.getDefaultInstance(),
          UpstreamTlsContext.getDefaultInstance(),
          UuidRequestIdConfig.getDefaultInstance());

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(RESOURCES.stream().map(Message::getDescriptorForType).toList())
          .add(EXTENSIONS.stream().map(Message::getDescriptorForType).toList())
          .build();

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().usingTypeRegistry(TYPES).preservingProtoFieldNames();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
              .build());

  private EnvoyText() {}

  static JsonNode tree(Message message) {
    try {
      return JSON.readTree(PRINTER.print(message));
    } catch (InvalidProtocolBufferException | JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String yaml(JsonNode tree) {
    try {
      return YAML.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Message message(Resource resource) {
    for (Message type : RESOURCES) {
      if (TypeUrl.of(type).equals(resource.typeUrl())) {
        try {
          return type.getParserForType().parseFrom(resource.body());
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException(resource.key().toString(), e);
        }
      }
    }
    throw new IllegalArgumentException("no such type: " + resource.key());
  }
}
