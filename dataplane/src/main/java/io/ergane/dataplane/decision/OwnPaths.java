package io.ergane.dataplane.decision;

import io.ergane.core.llm.Api;
import io.ergane.core.llm.ErrorBodies;
import io.ergane.dataplane.Dataplane;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a method and a path alone decide: health, readiness, the model list and, where exposed,
 * metrics are answered at once, and what no engine serves is refused. Thread-safe.
 */
public final class OwnPaths {
  private static final String MODELS = "/v1/models";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final OwnAnswer HEALTHY = OwnAnswer.json(200, "{\"message\":\"ok\"}");
  private static final OwnAnswer READY = OwnAnswer.json(200, "{\"message\":\"router is ready\"}");
  private static final OwnAnswer NOT_READY =
      OwnAnswer.json(503, "{\"message\":\"router is not ready\"}");

  private final Dataplane dataplane;
  private final ErrorShape errors;
  private final BooleanSupplier ready;
  private final @Nullable Supplier<byte[]> metrics;

  /**
   * @param ready whether {@code /readyz} says so
   * @param metrics page behind {@code /metrics} in Prometheus text; null for none
   */
  public OwnPaths(
      Dataplane dataplane,
      ErrorShape errors,
      BooleanSupplier ready,
      @Nullable Supplier<byte[]> metrics) {
    this.dataplane = dataplane;
    this.errors = errors;
    this.ready = ready;
    this.metrics = metrics;
  }

  /** The answer, null when the path is not one of these. */
  public @Nullable OwnAnswer answer(String method, String path) {
    boolean known =
        switch (path) {
          case MODELS, "/healthz", "/readyz" -> true;
          case "/metrics" -> metrics != null;
          default -> false;
        };
    if (!known) {
      return null;
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      Refusal refusal = Refusal.wrongMethod(method, "GET");
      byte[] body = errors.body(null, refusal);
      return new OwnAnswer(405, errors.contentType(), body, 0, "GET, HEAD");
    }
    return switch (path) {
      case MODELS -> OwnAnswer.json(200, models(dataplane.state().image().modelNames()));
      case "/healthz" -> HEALTHY;
      case "/readyz" -> ready.getAsBoolean() ? READY : NOT_READY;
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

  /**
   * Why no engine may get a request with this method and path; null when one may.
   *
   * @param api what the path stands for, null when it is under no API
   */
  public static @Nullable Refusal unserved(@Nullable Api api, String method, String path) {
    if (api == null || (api == Api.OTHER && Ascending.leaves(path))) {
      return Refusal.unknownPath(path);
    }
    return method.equals("POST") ? null : Refusal.wrongMethod(method, "POST");
  }
}
