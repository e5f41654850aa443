package io.ergane.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.ergane.proto.resource.Encoding;
import io.ergane.proto.resource.TypeUrl;

/** Small messages that Envoy's configuration is made of. */
final class Protos {
  static final BoolValue TRUE = BoolValue.of(true);
  static final BoolValue FALSE = BoolValue.of(false);
  static final Duration ZERO = Duration.getDefaultInstance();

  /** Configuration that arrives on the aggregated stream. */
  static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  private Protos() {}

  /** A message as an Any, map entries in key order. */
  static Any any(Message message) {
    return Any.newBuilder().setTypeUrl(TypeUrl.of(message)).setValue(Encoding.of(message)).build();
  }

  static TypedExtensionConfig extension(String name, Message config) {
    return TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(any(config)).build();
  }

  static Duration duration(java.time.Duration value) {
    return Duration.newBuilder().setSeconds(value.getSeconds()).setNanos(value.getNano()).build();
  }

  static Duration millis(long value) {
    return duration(java.time.Duration.ofMillis(value));
  }

  static UInt32Value number(int value) {
    return UInt32Value.of(value);
  }

  static StringMatcher exactly(String text) {
    return StringMatcher.newBuilder().setExact(text).build();
  }

  static MetadataKey lbKey(String key) {
    return MetadataKey.newBuilder()
        .setKey(EnvoyNames.LB_NAMESPACE)
        .addPath(MetadataKey.PathSegment.newBuilder().setKey(key))
        .build();
  }

  static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  static GrpcService grpc(String cluster) {
    return GrpcService.newBuilder()
        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName(cluster))
        .build();
  }

  static io.envoyproxy.envoy.config.core.v3.Address address(String host, int port) {
    return io.envoyproxy.envoy.config.core.v3.Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
        .build();
  }
}
