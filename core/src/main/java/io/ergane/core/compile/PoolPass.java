package io.ergane.core.compile;

import io.ergane.api.ModelServer;
import io.ergane.core.compile.Draft.Declared;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.TrafficPolicy;
import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** ModelServers into pools. */
final class PoolPass {
  private static final int MOST_ATTEMPTS = 1_000;

  private PoolPass() {}

  static void run(Draft draft) {
    for (Declared<ModelServer> server : draft.declared(ModelServer.class)) {
      draft.pools.put(server.name(), pool(server, draft));
    }
  }

  private static Pool pool(Declared<ModelServer> server, Draft draft) {
    ModelServer.Spec spec = server.resource().spec();
    String unsupported = null;
    if (spec.workloadSelector().pdGroup() != null) {
      unsupported = "spec.workloadSelector.pdGroup";
      draft.warn(
          server.sighting(),
          "unsupported",
          unsupported,
          "separate prefill and decode pods are not built yet; requests to this ModelServer are"
              + " answered 501. Remove pdGroup to serve them from all of its pods alike.");
    }
    return new Pool(
        server.name(),
        spec.model(),
        spec.inferenceEngine(),
        new TreeMap<>(spec.workloadSelector().matchLabels()),
        spec.workloadPort().port(),
        spec.workloadPort().protocol() == ModelServer.Protocol.HTTPS,
        traffic(spec.trafficPolicy()),
        unsupported);
  }

  /**
   * The policy of attempts. {@code retry.attempts} counts the attempts after the first one, so that
   * 0 means no retry; without a {@code retry} block up to {@link TrafficPolicy#DEFAULT_ATTEMPTS}
   * endpoints are tried at once after each other, as Kthena does.
   */
  private static TrafficPolicy traffic(ModelServer.@Nullable TrafficPolicy policy) {
    if (policy == null) {
      return TrafficPolicy.DEFAULT;
    }
    long timeout = policy.timeout() == null ? 0 : millis(policy.timeout());
    ModelServer.Retry retry = policy.retry();
    return retry == null
        ? new TrafficPolicy(timeout, TrafficPolicy.DEFAULT_ATTEMPTS, 0)
        : new TrafficPolicy(
            timeout,
            1 + Math.clamp(retry.attempts(), 0, MOST_ATTEMPTS),
            millis(retry.retryInterval()));
  }

  /** Milliseconds, rounded up: a positive duration never becomes zero, which means none. */
  private static long millis(Duration duration) {
    return Math.max(0, duration.plusNanos(999_999).toMillis());
  }
}
