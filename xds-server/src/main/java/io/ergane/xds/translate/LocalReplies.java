package io.ergane.xds.translate;

import static io.ergane.xds.translate.OwnErrors.Kind.BODY_TOO_LARGE;
import static io.ergane.xds.translate.OwnErrors.Kind.HEADERS_TOO_LARGE;
import static io.ergane.xds.translate.OwnErrors.Kind.NO_HTTP;
import static io.ergane.xds.translate.OwnErrors.Kind.NO_TUNNEL;
import static io.ergane.xds.translate.OwnErrors.Kind.NO_UPGRADE;
import static io.ergane.xds.translate.OwnErrors.Kind.SCHEDULER_UNAVAILABLE;
import static io.ergane.xds.translate.OwnErrors.Kind.TOO_LATE;
import static io.ergane.xds.translate.OwnErrors.Kind.TOO_OLD;
import static io.ergane.xds.translate.OwnErrors.Kind.UNKNOWN_CODING;
import static io.ergane.xds.translate.OwnErrors.Kind.UPSTREAM_FAILED;
import static io.ergane.xds.translate.OwnErrors.Kind.UPSTREAM_TIMEOUT;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.ergane.xds.translate.OwnErrors.Kind;
import java.util.List;

/**
 * Envoy's own errors in the shapes that clients know.
 *
 * <p>Answers that the scheduler gives count as local replies too. They are told apart by why Envoy
 * answers: a failed external processor has details that begin with {@code ext_proc_error} and no
 * response flag, a failed engine has a flag, an answer of the scheduler has details that begin with
 * {@code ergane_}, and what Envoy finds wrong with a request is told by status, and by method for a
 * tunnel.
 */
final class LocalReplies {
  /** No host, connection failure or end, retries exhausted, overflow, reset, no cluster. */
  private static final List<String> UPSTREAM_FLAGS =
      List.of("UH", "UF", "UC", "URX", "UO", "LR", "UR", "NC", "UPE");

  /** What Envoy finds wrong with a request before it asks the scheduler. */
  private static final List<Kind> REQUESTS =
      List.of(
          BODY_TOO_LARGE,
          HEADERS_TOO_LARGE,
          TOO_LATE,
          TOO_OLD,
          NO_HTTP,
          NO_UPGRADE,
          UNKNOWN_CODING);

  private final OwnErrors errors;
  private final EnvoySettings settings;
  private final LocalReplyConfig.Builder replies = LocalReplyConfig.newBuilder();

  private LocalReplies(EnvoySettings settings) {
    this.errors = new OwnErrors(settings.kthenaErrors());
    this.settings = settings;
  }

  static LocalReplyConfig of(EnvoySettings settings) {
    LocalReplies replies = new LocalReplies(settings);
    replies.add(SCHEDULER_UNAVAILABLE, details("startsWith('ext_proc_error')"));
    replies.add(UPSTREAM_TIMEOUT, flags(List.of("UT")));
    replies.add(UPSTREAM_FAILED, flags(UPSTREAM_FLAGS));
    AccessLogFilter tunnel = expression("response.code == 403 && request.method == 'CONNECT'");
    replies.replies.addMappers(replies.mapper(NO_TUNNEL, tunnel, false));
    REQUESTS.forEach(kind -> replies.add(kind, envoys(kind.status())));
    return replies.replies.build();
  }

  private int limit(Kind kind) {
    return kind == HEADERS_TOO_LARGE ? settings.limits().header() : settings.body().maxBytes();
  }

  private void add(Kind kind, AccessLogFilter filter) {
    if (!errors.kthena()) {
      AccessLogFilter.Builder both = AccessLogFilter.newBuilder();
      both.getAndFilterBuilder().addFilters(anthropicPath()).addFilters(filter);
      replies.addMappers(mapper(kind, both.build(), true));
    }
    replies.addMappers(mapper(kind, filter, false));
  }

  private ResponseMapper mapper(Kind kind, AccessLogFilter filter, boolean anthropic) {
    String body = errors.body(kind, anthropic, limit(kind)).replace("%", "%%");
    ResponseMapper.Builder mapper =
        ResponseMapper.newBuilder()
            .setFilter(filter)
            .setStatusCode(Protos.number(kind.status()))
            .setBodyFormatOverride(
                SubstitutionFormatString.newBuilder()
                    .setTextFormatSource(DataSource.newBuilder().setInlineString(body))
                    .setContentType(errors.contentType()));
    if (kind == NO_TUNNEL) {
      mapper.addHeadersToAdd(Protos.header("allow", "GET, POST"));
    }
    if (kind.passes()) {
      mapper.addHeadersToAdd(Protos.header("retry-after", "1"));
    }
    return mapper.build();
  }

  private static AccessLogFilter flags(List<String> flags) {
    AccessLogFilter.Builder filter = AccessLogFilter.newBuilder();
    filter.getResponseFlagFilterBuilder().addAllFlags(flags);
    return filter.build();
  }

  private static AccessLogFilter details(String test) {
    return expression("response.code_details." + test);
  }

  private static AccessLogFilter envoys(int status) {
    return expression(
        "response.code == " + status + " && !response.code_details.startsWith('ergane_')");
  }

  private static AccessLogFilter expression(String text) {
    ExpressionFilter expression = ExpressionFilter.newBuilder().setExpression(text).build();
    return AccessLogFilter.newBuilder()
        .setExtensionFilter(
            ExtensionFilter.newBuilder()
                .setName("envoy.access_loggers.extension_filters.cel")
                .setTypedConfig(Protos.any(expression)))
        .build();
  }

  private static AccessLogFilter anthropicPath() {
    AccessLogFilter.Builder filter = AccessLogFilter.newBuilder();
    filter
        .getHeaderFilterBuilder()
        .setHeader(
            HeaderMatcher.newBuilder()
                .setName(":path")
                .setStringMatch(StringMatcher.newBuilder().setPrefix(OwnErrors.anthropicPath())));
    return filter.build();
  }
}
