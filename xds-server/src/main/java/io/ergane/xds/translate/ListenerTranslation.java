package io.ergane.xds.translate;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.CodecType;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.List;

/** The listener that clients connect to. */
final class ListenerTranslation {
  private static final int STREAM_WINDOW = 1 << 20;
  private static final int CONNECTION_WINDOW = 16 << 20;
  private static final int STREAMS = 1_000;

  /** What a client could steer Envoy or the scheduler with. */
  private static final List<String> NOT_FROM_CLIENTS =
      List.of(
          EnvoyNames.POOL_HEADER,
          EnvoyNames.BODY_HEADER,
          EnvoyNames.LENGTH_HEADER,
          EnvoyNames.DESTINATION,
          EnvoyNames.SERVED,
          EnvoyNames.DESTINATION + "-subset",
          "x-envoy-expected-rq-timeout-ms",
          "x-envoy-hedge-on-per-try-timeout",
          "x-envoy-max-retries",
          "x-envoy-original-path",
          "x-envoy-retriable-header-names",
          "x-envoy-retriable-status-codes",
          "x-envoy-retry-grpc-on",
          "x-envoy-retry-on",
          "x-envoy-upstream-alt-stat-name",
          "x-envoy-upstream-rq-per-try-timeout-ms",
          "x-envoy-upstream-rq-timeout-alt-response",
          "x-envoy-upstream-rq-timeout-ms",
          "x-envoy-upstream-stream-duration-ms");

  private ListenerTranslation() {}

  static Listener of(EnvoySettings settings, boolean failOpen) {
    EnvoySettings.Listener where = settings.listener();
    FilterChain.Builder chain =
        FilterChain.newBuilder()
            .addFilters(
                Filter.newBuilder()
                    .setName("envoy.filters.network.http_connection_manager")
                    .setTypedConfig(Protos.any(connectionManager(settings, failOpen))));
    if (where.tls() != null) {
      chain.setTransportSocket(tls(where.tls()));
    }
    int prefix = settings.body().cutsLong() ? settings.body().prefixAbove() : 0;
    return Listener.newBuilder()
        .setName(EnvoyNames.ERGANE)
        .setAddress(Protos.address(where.host(), where.port()))
        .setPerConnectionBufferLimitBytes(
            Protos.number(prefix > 0 ? prefix : settings.limits().buffer()))
        .addFilterChains(chain)
        .build();
  }

  private static TransportSocket tls(EnvoySettings.Identity identity) {
    DownstreamTlsContext.Builder context = DownstreamTlsContext.newBuilder();
    context
        .getCommonTlsContextBuilder()
        .addTlsCertificates(EngineSockets.certificate(identity))
        .addAlpnProtocols("h2")
        .addAlpnProtocols("http/1.1");
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(Protos.any(context.build()))
        .build();
  }

  private static HttpConnectionManager connectionManager(EnvoySettings settings, boolean failOpen) {
    EnvoySettings.Timeouts timeouts = settings.timeouts();
    return HttpConnectionManager.newBuilder()
        .setCodecType(CodecType.AUTO)
        .setStatPrefix(EnvoyNames.ERGANE)
        .setRds(Rds.newBuilder().setRouteConfigName(EnvoyNames.ERGANE).setConfigSource(Protos.ADS))
        .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH)
        .setSkipXffAppend(true)
        .setNormalizePath(Protos.TRUE)
        .setMergeSlashes(true)
        .setGenerateRequestId(Protos.TRUE)
        .setPreserveExternalRequestId(true)
        .setAlwaysSetRequestIdInResponse(true)
        .setRequestIdExtension(unchangedRequestIds())
        .setMaxRequestHeadersKb(Protos.number((settings.limits().header() + 1023) / 1024))
        .setRequestHeadersTimeout(Protos.duration(timeouts.header()))
        .setRequestTimeout(Protos.duration(timeouts.upload()))
        .setStreamIdleTimeout(Protos.duration(timeouts.stall()))
        .setCommonHttpProtocolOptions(
            HttpProtocolOptions.newBuilder()
                .setIdleTimeout(Protos.duration(timeouts.idle()))
                .setMaxHeadersCount(Protos.number(settings.limits().headers())))
        .setHttp2ProtocolOptions(
            Http2ProtocolOptions.newBuilder()
                .setMaxConcurrentStreams(Protos.number(STREAMS))
                .setInitialStreamWindowSize(Protos.number(STREAM_WINDOW))
                .setInitialConnectionWindowSize(Protos.number(CONNECTION_WINDOW)))
        .addEarlyHeaderMutationExtensions(
            Protos.extension(
                "envoy.http.early_header_mutation.header_mutation", headersFromClients(settings)))
        .setLocalReplyConfig(LocalReplies.of(settings))
        .addAllAccessLog(
            SchedulerCluster.logs(settings).stream().map(to -> accessLog(to, settings)).toList())
        .addAllHttpFilters(DecisionFilters.of(settings, failOpen))
        .addAllHttpFilters(UsageFilters.of(settings))
        .addHttpFilters(
            DecisionFilters.filter(
                "envoy.filters.http.router",
                Router.newBuilder().setSuppressEnvoyHeaders(true).build()))
        .build();
  }

  /** Envoy would write whether a request is traced into a client's UUID. */
  private static RequestIDExtension unchangedRequestIds() {
    UuidRequestIdConfig config =
        UuidRequestIdConfig.newBuilder()
            .setPackTraceReason(Protos.FALSE)
            .setUseRequestIdForTraceSampling(Protos.FALSE)
            .build();
    return RequestIDExtension.newBuilder().setTypedConfig(Protos.any(config)).build();
  }

  private static io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
          .HeaderMutation
      headersFromClients(EnvoySettings settings) {
    var mutation =
        io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
            .newBuilder();
    NOT_FROM_CLIENTS.forEach(
        name -> mutation.addMutations(HeaderMutation.newBuilder().setRemove(name)));
    if (settings.body().cutsLong()) {
      mutation.addMutations(
          HeaderMutation.newBuilder()
              .setAppend(Protos.header(EnvoyNames.LENGTH_HEADER, "%REQ(content-length)%")));
    }
    return mutation.build();
  }

  private static AccessLog accessLog(String cluster, EnvoySettings settings) {
    HttpGrpcAccessLogConfig config =
        HttpGrpcAccessLogConfig.newBuilder()
            .setCommonConfig(
                CommonGrpcAccessLogConfig.newBuilder()
                    .setLogName(EnvoyNames.ERGANE)
                    .setGrpcService(Protos.grpc(cluster))
                    .setTransportApiVersion(ApiVersion.V3)
                    .setBufferFlushInterval(Protos.duration(settings.scheduler().logInterval())))
            .build();
    return AccessLog.newBuilder()
        .setName("envoy.access_loggers.http_grpc")
        .setTypedConfig(Protos.any(config))
        .build();
  }
}
