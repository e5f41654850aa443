package io.ergane.extproc;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpTrailers;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProtocolConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The messages that Envoy sends for a request, mode by mode. */
final class Script {
  static final String CHAT_PATH = "/v1/chat/completions";

  private Script() {}

  static String chat(String model) {
    return "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(model, "Hello, world. ".repeat(20));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static HeaderValue header(String name, String value) {
    return HeaderValue.newBuilder()
        .setKey(name)
        .setRawValue(ByteString.copyFromUtf8(value))
        .build();
  }

  static ProcessingRequest headers(String method, String path, String... more) {
    HeaderMap.Builder map =
        HeaderMap.newBuilder()
            .addHeaders(header(":authority", "x"))
            .addHeaders(header(":path", path))
            .addHeaders(header(":method", method));
    for (int i = 0; i < more.length; i += 2) {
      map.addHeaders(header(more[i], more[i + 1]));
    }
    HttpHeaders.Builder headers = HttpHeaders.newBuilder().setHeaders(map);
    headers.setEndOfStream(method.equals("GET"));
    return ProcessingRequest.newBuilder().setRequestHeaders(headers).build();
  }

  static ProcessingRequest post(BodySendMode request, BodySendMode response, String... more) {
    return configured(headers("POST", CHAT_PATH, more), request, response, false);
  }

  static ProcessingRequest configured(
      ProcessingRequest first, BodySendMode request, BodySendMode response, boolean unasked) {
    return first.toBuilder()
        .setProtocolConfig(
            ProtocolConfiguration.newBuilder()
                .setRequestBodyMode(request)
                .setResponseBodyMode(response)
                .setSendBodyWithoutWaitingForHeaderResponse(unasked))
        .build();
  }

  static ProcessingRequest body(byte[] bytes, boolean last) {
    return body(bytes, 0, bytes.length, last);
  }

  private static ProcessingRequest body(byte[] bytes, int from, int length, boolean last) {
    HttpBody body =
        HttpBody.newBuilder()
            .setBody(ByteString.copyFrom(bytes, from, length))
            .setEndOfStream(last)
            .build();
    return ProcessingRequest.newBuilder().setRequestBody(body).build();
  }

  /** A body in pieces; with trailers none of them is the last. */
  static List<ProcessingRequest> pieces(byte[] bytes, int size, boolean trailers) {
    List<ProcessingRequest> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += size) {
      int length = Math.min(size, bytes.length - at);
      pieces.add(body(bytes, at, length, !trailers && at + length == bytes.length));
    }
    if (trailers) {
      pieces.add(requestTrailers());
    }
    return pieces;
  }

  static ProcessingRequest requestTrailers() {
    return ProcessingRequest.newBuilder()
        .setRequestTrailers(HttpTrailers.getDefaultInstance())
        .build();
  }

  static ProcessingRequest responseHeaders(int status, String type, boolean last) {
    HeaderMap map =
        HeaderMap.newBuilder()
            .addHeaders(header(":status", Integer.toString(status)))
            .addHeaders(header("content-type", type))
            .build();
    return ProcessingRequest.newBuilder()
        .setResponseHeaders(HttpHeaders.newBuilder().setHeaders(map).setEndOfStream(last))
        .build();
  }

  static ProcessingRequest responseBody(byte[] bytes, boolean last) {
    return ProcessingRequest.newBuilder()
        .setResponseBody(
            HttpBody.newBuilder().setBody(ByteString.copyFrom(bytes)).setEndOfStream(last))
        .build();
  }

  static ProcessingRequest responseTrailers() {
    return ProcessingRequest.newBuilder()
        .setResponseTrailers(HttpTrailers.getDefaultInstance())
        .build();
  }

  static ProcessingRequest withSubset(ProcessingRequest message, String... endpoints) {
    ListValue.Builder list = ListValue.newBuilder();
    for (String endpoint : endpoints) {
      list.addValues(Value.newBuilder().setStringValue(endpoint));
    }
    return withMetadata(
        message,
        "envoy.lb.subset_hint",
        "x-gateway-destination-endpoint-subset",
        Value.newBuilder().setListValue(list).build());
  }

  static ProcessingRequest withServed(ProcessingRequest message, String endpoint) {
    return withMetadata(
        message,
        "envoy.lb",
        "x-gateway-destination-endpoint-served",
        Value.newBuilder().setStringValue(endpoint).build());
  }

  private static ProcessingRequest withMetadata(
      ProcessingRequest message, String namespace, String key, Value value) {
    Struct struct = Struct.newBuilder().putFields(key, value).build();
    return message.toBuilder()
        .setMetadataContext(Metadata.newBuilder().putFilterMetadata(namespace, struct))
        .build();
  }
}
