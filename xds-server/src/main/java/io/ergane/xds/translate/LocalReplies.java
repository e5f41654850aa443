package io.ergane.xds.translate;

import static io.ergane.xds.translate.OwnErrors.Kind.BODY_TOO_LARGE;
import static io.ergane.xds.translate.OwnErrors.Kind.SCHEDULER_UNAVAILABLE;
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
 * response flag, a failed engine has a flag, an answer of the scheduler has neither.
 */
final class LocalReplies {
  /** No host, connection failure or end, retries exhausted, overflow, reset, no cluster. */
  private static final List<String> UPSTREAM_FLAGS =
      List.of("UH", "UF", "UC", "URX", "UO", "LR", "UR", "NC", "UPE");

  private final OwnErrors errors;
  private final int bodyLimit;
  private final LocalReplyConfig.Builder replies = LocalReplyConfig.newBuilder();

  private LocalReplies(EnvoySettings settings) {
    this.errors = new OwnErrors(settings.kthenaErrors());
    this.bodyLimit = settings.body().maxBytes();
  }

  static LocalReplyConfig of(EnvoySettings settings) {
    LocalReplies replies = new LocalReplies(settings);
    replies.add(SCHEDULER_UNAVAILABLE, details("startsWith('ext_proc_error')"));
    replies.add(UPSTREAM_TIMEOUT, flags(List.of("UT")));
    replies.add(UPSTREAM_FAILED, flags(UPSTREAM_FLAGS));
    replies.add(BODY_TOO_LARGE, details("startsWith('request_payload_too_large')"));
    return replies.replies.build();
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
    String body = errors.body(kind, anthropic, bodyLimit).replace("%", "%%");
    ResponseMapper.Builder mapper =
        ResponseMapper.newBuilder()
            .setFilter(filter)
            .setStatusCode(Protos.number(kind.status()))
            .setBodyFormatOverride(
                SubstitutionFormatString.newBuilder()
                    .setTextFormatSource(DataSource.newBuilder().setInlineString(body))
                    .setContentType(errors.contentType()));
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
    ExpressionFilter expression =
        ExpressionFilter.newBuilder().setExpression("response.code_details." + test).build();
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
