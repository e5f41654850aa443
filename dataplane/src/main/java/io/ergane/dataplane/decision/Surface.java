package io.ergane.dataplane.decision;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What clients see of the data plane itself.
 *
 * @param kthenaErrors errors are bare JSON strings, as Kthena's
 * @param ready whether {@code /readyz}, and gRPC health where there is one, say so; a drain
 *     overrules it
 * @param metrics page behind {@code /metrics} in Prometheus text; null for none
 */
public record Surface(
    boolean kthenaErrors, BooleanSupplier ready, @Nullable Supplier<byte[]> metrics) {
  public static final Surface DEFAULT = new Surface(false, () -> true, null);
}
