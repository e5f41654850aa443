package io.ergane.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutationRules;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RuntimeFeatureFlag;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.compression.gzip.decompressor.v3.Gzip;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.decompressor.v3.Decompressor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExtProcOverrides;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor.RouteCacheAction;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.Lua;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The filters that ask the scheduler, and what routes change about them.
 *
 * <p>{@code body} waits for the whole body, bounds it and lets {@code decision} send it: headers,
 * then the body as one message, and nothing of the answer. Waiting first means that a slow upload
 * holds no stream to the scheduler. How long the answer to a message may take is set for the usual
 * ones, so that a scheduler that hangs is noticed soon; for a long body, which shares its
 * connection with others, the scheduler asks for more. {@code unpack} before it decompresses bodies
 * in gzip, up to 100-fold; what is left of a body that grows more, or is no gzip, is cut off there.
 *
 * <p>Where long bodies are cut, a body whose content-length is above the limit skips {@code body}
 * and is sent as far as Envoy's connection buffer reaches. Envoy 1.40 passes a cut body on before
 * it clears the route cache as the scheduler asks, which comes too late and, since the request then
 * belongs to no pool, makes Envoy crash at the engine's answer. So {@code decision} never clears
 * it; {@code reroute} does, and puts back the content-length that Envoy drops. A scheduler that
 * finds no model in the beginning sets {@link EnvoyNames#BODY_HEADER}, and the route for that
 * header makes {@code whole-body} and {@code whole-decision} ask again with the whole body. There
 * nothing is decompressed, since the content-length to put back would be that of the gzip.
 */
final class DecisionFilters {
  private static final String REROUTE =
      """
      function envoy_on_request(request)
        local headers = request:headers()
        local length = headers:get("%1$s")
        if length and length ~= "-" then headers:replace("content-length", length) end
        request:clearRouteCache()
      end
      """
          .formatted(EnvoyNames.LENGTH_HEADER);

  private static final int UNPACKED_CHUNK = 64 << 10;

  private DecisionFilters() {}

  static List<HttpFilter> of(EnvoySettings settings, boolean failOpen) {
    HttpFilter body = filter(EnvoyNames.BODY_FILTER, buffer(settings));
    HttpFilter decision =
        filter(
            EnvoyNames.DECISION_FILTER,
            processor(settings, failOpen, mode(HeaderSendMode.SEND, BodySendMode.BUFFERED)));
    if (!settings.body().cutsLong()) {
      return List.of(filter(EnvoyNames.UNPACK_FILTER, gunzip()), body, decision);
    }
    ExternalProcessor beginning =
        processor(settings, failOpen, mode(HeaderSendMode.SEND, BodySendMode.BUFFERED)).toBuilder()
            .setRouteCacheAction(RouteCacheAction.RETAIN)
            .build();
    Lua reroute =
        Lua.newBuilder()
            .setDefaultSourceCode(DataSource.newBuilder().setInlineString(REROUTE))
            .build();
    return List.of(
        body,
        filter(EnvoyNames.DECISION_FILTER, beginning),
        filter(EnvoyNames.REROUTE_FILTER, reroute),
        filter(EnvoyNames.WHOLE_BODY_FILTER, buffer(settings)),
        filter(
            EnvoyNames.WHOLE_DECISION_FILTER,
            processor(settings, failOpen, mode(HeaderSendMode.SKIP, BodySendMode.NONE))));
  }

  /** For the virtual host: filters that only some routes want. */
  static SortedMap<String, Any> everywhere(EnvoySettings settings) {
    return settings.body().cutsLong()
        ? perRoute(Map.of(EnvoyNames.WHOLE_BODY_FILTER, withoutBuffer()))
        : new TreeMap<>();
  }

  /** For the route of long bodies that nothing is decided about yet. */
  static SortedMap<String, Any> onlyBeginning() {
    return perRoute(
        Map.of(
            EnvoyNames.BODY_FILTER,
            withoutBuffer(),
            EnvoyNames.DECISION_FILTER,
            overriding(BodySendMode.BUFFERED_PARTIAL)));
  }

  /** For the route of bodies whose beginning was not enough. */
  static SortedMap<String, Any> wholeBody(EnvoySettings settings) {
    return perRoute(
        Map.of(
            EnvoyNames.WHOLE_BODY_FILTER,
            BufferPerRoute.newBuilder().setBuffer(buffer(settings)).build(),
            EnvoyNames.WHOLE_DECISION_FILTER,
            overriding(BodySendMode.BUFFERED)));
  }

  static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Protos.any(config)).build();
  }

  /** Neither answers nor what is said of encodings to engines is touched. */
  private static Decompressor gunzip() {
    Gzip gzip = Gzip.newBuilder().setChunkSize(Protos.number(UNPACKED_CHUNK)).build();
    Decompressor.Builder unpack =
        Decompressor.newBuilder()
            .setDecompressorLibrary(
                TypedExtensionConfig.newBuilder().setName("gzip").setTypedConfig(Protos.any(gzip)));
    unpack
        .getRequestDirectionConfigBuilder()
        .setAdvertiseAcceptEncoding(Protos.FALSE)
        .getCommonConfigBuilder()
        .setIgnoreNoTransformHeader(true);
    unpack
        .getResponseDirectionConfigBuilder()
        .getCommonConfigBuilder()
        .setEnabled(
            RuntimeFeatureFlag.newBuilder()
                .setDefaultValue(Protos.FALSE)
                .setRuntimeKey("ergane.unpack_answers"));
    return unpack.build();
  }

  private static Buffer buffer(EnvoySettings settings) {
    return Buffer.newBuilder()
        .setMaxRequestBytes(Protos.number(settings.body().maxBytes()))
        .build();
  }

  private static BufferPerRoute withoutBuffer() {
    return BufferPerRoute.newBuilder().setDisabled(true).build();
  }

  private static ExternalProcessor processor(
      EnvoySettings settings, boolean failOpen, ProcessingMode mode) {
    ExternalProcessor.Builder processor =
        ExternalProcessor.newBuilder()
            .setGrpcService(Protos.grpc(EnvoyNames.SCHEDULER))
            .setFailureModeAllow(failOpen)
            .setProcessingMode(mode)
            .setMessageTimeout(Protos.duration(settings.scheduler().timeout()))
            .setMaxMessageTimeout(Protos.duration(settings.timeouts().upload()))
            .setMutationRules(HeaderMutationRules.newBuilder().setAllowEnvoy(Protos.TRUE));
    processor
        .getMetadataOptionsBuilder()
        .getReceivingNamespacesBuilder()
        .addUntyped(EnvoyNames.LB_NAMESPACE);
    return processor.build();
  }

  private static ProcessingMode mode(HeaderSendMode headers, BodySendMode body) {
    return ProcessingMode.newBuilder()
        .setRequestHeaderMode(headers)
        .setRequestBodyMode(body)
        .setRequestTrailerMode(HeaderSendMode.SKIP)
        .setResponseHeaderMode(HeaderSendMode.SKIP)
        .setResponseBodyMode(BodySendMode.NONE)
        .setResponseTrailerMode(HeaderSendMode.SKIP)
        .build();
  }

  private static ExtProcPerRoute overriding(BodySendMode body) {
    return ExtProcPerRoute.newBuilder()
        .setOverrides(
            ExtProcOverrides.newBuilder().setProcessingMode(mode(HeaderSendMode.SEND, body)))
        .build();
  }

  private static SortedMap<String, Any> perRoute(Map<String, Message> configs) {
    TreeMap<String, Any> result = new TreeMap<>();
    configs.forEach((name, config) -> result.put(name, Protos.any(config)));
    return result;
  }
}
