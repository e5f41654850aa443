package io.ergane.controllers.serving;

import io.ergane.core.compile.Compilation;
import io.ergane.core.engine.MetricDialect;
import io.ergane.core.engine.MetricDialects;
import io.ergane.core.routing.Pool;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the engine of a pod tells what it does, and in which words. */
record EngineAddress(URI metrics, MetricDialect dialect) {

  /** By the first pool that selects the pod; null when none does or the pod has no address. */
  static @Nullable EngineAddress of(
      Compilation compilation, String namespace, Map<String, String> labels, String ip) {
    if (ip.isEmpty()) {
      return null;
    }
    for (Pool pool : compilation.image().pools().values()) {
      boolean selects =
          pool.name().namespace().equals(namespace)
              && !pool.selector().isEmpty()
              && labels.entrySet().containsAll(pool.selector().entrySet());
      if (selects) {
        MetricDialect dialect =
            MetricDialects.named(pool.engine().text()).orElse(MetricDialects.any());
        boolean own = dialect.metricsPort() != MetricDialect.SERVING_PORT;
        int port = own ? dialect.metricsPort() : pool.port();
        return new EngineAddress(EngineLoads.uri(ip, port, pool.tls() && !own), dialect);
      }
    }
    return null;
  }
}
