package io.ergane.proxy;

import io.ergane.core.llm.ErrorBodies;
import io.ergane.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The paths that the proxy answers itself: health, readiness, the model list and, where exposed,
 * metrics.
 */
final class OwnPaths {
  static final String MODELS = "/v1/models";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final OwnAnswer HEALTHY = OwnAnswer.json(200, "{\"message\":\"ok\"}");
  private static final OwnAnswer READY = OwnAnswer.json(200, "{\"message\":\"router is ready\"}");
  private static final OwnAnswer NOT_READY =
      OwnAnswer.json(503, "{\"message\":\"router is not ready\"}");

  private OwnPaths() {}

  /** The answer, null when the path is not one of these. */
  static @Nullable OwnAnswer answer(ServerState server, RequestHead head, String path) {
    Supplier<byte[]> metrics = server.settings.surface().metrics();
    boolean known =
        switch (path) {
          case MODELS, "/healthz", "/readyz" -> true;
          case "/metrics" -> metrics != null;
          default -> false;
        };
    if (!known) {
      return null;
    }
    if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
      Refusal refusal = Refusal.wrongMethod(head.method(), "GET");
      byte[] body = server.errors.body(null, refusal);
      return new OwnAnswer(405, server.errors.contentType(), body, 0, "GET, HEAD");
    }
    return switch (path) {
      case MODELS -> OwnAnswer.json(200, models(server.dataplane.state().image().modelNames()));
      case "/healthz" -> HEALTHY;
      case "/readyz" ->
          !server.leaving && server.settings.surface().ready().getAsBoolean() ? READY : NOT_READY;
      default ->
          new OwnAnswer(200, PROMETHEUS, metrics == null ? new byte[0] : metrics.get(), 0, null);
    };
  }

  private static String models(List<String> names) {
    StringBuilder out = new StringBuilder("{\"object\":\"list\",\"data\":[");
    for (int i = 0; i < names.size(); i++) {
      String quoted = new String(ErrorBodies.kthena(names.get(i)), StandardCharsets.UTF_8);
      out.append(i == 0 ? "" : ",").append("{\"id\":").append(quoted);
      out.append(",\"object\":\"model\",\"created\":0,\"owned_by\":\"kthena\"}");
    }
    return out.append("]}").toString();
  }
}
