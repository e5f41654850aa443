package io.ergane.extproc;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import java.util.Arrays;
import java.util.List;

/** Access-log entries as Envoy writes them. */
final class Entries {
  private Entries() {}

  /** An answer of 200 with 1000 bytes after 250 ms, the first byte after 100 ms. */
  static HTTPAccessLogEntry.Builder served(String token, String host, int port) {
    AccessLogCommon.Builder common =
        AccessLogCommon.newBuilder()
            .setTimeToFirstUpstreamTxByte(millis(2))
            .setTimeToFirstUpstreamRxByte(millis(100))
            .setTimeToLastDownstreamTxByte(millis(240))
            .setDuration(millis(250))
            .setUpstreamRequestAttemptCount(1)
            .setMetadata(Metadata.newBuilder().putFilterMetadata("envoy.lb", token(token)))
            .setUpstreamRemoteAddress(address(host, port));
    return HTTPAccessLogEntry.newBuilder()
        .setProtocolVersion(HTTPAccessLogEntry.HTTPVersion.HTTP2)
        .setCommonProperties(common)
        .setResponse(
            HTTPResponseProperties.newBuilder()
                .setResponseCode(UInt32Value.of(200))
                .setResponseBodyBytes(1000)
                .setResponseCodeDetails("via_upstream"));
  }

  private static Struct token(String token) {
    Value value = Value.newBuilder().setStringValue(token).build();
    Value other = Value.newBuilder().setStringValue("1.2.3.4:5").build();
    return Struct.newBuilder()
        .putFields("x-gateway-destination-endpoint", other)
        .putFields("x-ergane-decision", value)
        .build();
  }

  private static Address address(String host, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
        .build();
  }

  static Duration millis(long millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }

  static HTTPAccessLogEntry.Builder withUsage(
      HTTPAccessLogEntry.Builder entry, int input, int output) {
    Struct usage =
        Struct.newBuilder()
            .putFields("input_tokens", Value.newBuilder().setNumberValue(input).build())
            .putFields("output_tokens", Value.newBuilder().setNumberValue(output).build())
            .build();
    entry
        .getCommonPropertiesBuilder()
        .getMetadataBuilder()
        .putFilterMetadata("ergane.usage", usage);
    return entry;
  }

  static HTTPAccessLogEntry.Builder failed(
      HTTPAccessLogEntry.Builder entry, int status, String details, ResponseFlags flags) {
    entry
        .getResponseBuilder()
        .setResponseCode(UInt32Value.of(status))
        .setResponseCodeDetails(details);
    entry.getCommonPropertiesBuilder().setResponseFlags(flags);
    return entry;
  }

  static StreamAccessLogsMessage message(HTTPAccessLogEntry.Builder... entries) {
    List<HTTPAccessLogEntry> all =
        Arrays.stream(entries).map(HTTPAccessLogEntry.Builder::build).toList();
    return StreamAccessLogsMessage.newBuilder()
        .setIdentifier(StreamAccessLogsMessage.Identifier.newBuilder().setLogName("ergane"))
        .setHttpLogs(StreamAccessLogsMessage.HTTPAccessLogEntries.newBuilder().addAllLogEntry(all))
        .build();
  }
}
