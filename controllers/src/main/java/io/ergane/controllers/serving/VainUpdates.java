package io.ergane.controllers.serving;

import io.ergane.controllers.serving.plan.Change;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Updates that changed nothing, since the installed kind does not have the field: without this they
 * would be made again and again. They are tried again some time later, for the kind may be another.
 */
final class VainUpdates {
  private static final Duration AGE = Duration.ofMinutes(1);

  private final Map<String, Vain> byUid = new ConcurrentHashMap<>();

  private record Vain(Change.UpdatePodGroup update, long since) {
    boolean isOld(long now) {
      return now - since > AGE.toNanos();
    }
  }

  void add(Change.UpdatePodGroup update) {
    long now = System.nanoTime();
    byUid.values().removeIf(vain -> vain.isOld(now));
    byUid.put(update.uid(), new Vain(update, now));
  }

  boolean has(Change change) {
    if (!(change instanceof Change.UpdatePodGroup update)) {
      return false;
    }
    Vain vain = byUid.get(update.uid());
    return vain != null && !vain.isOld(System.nanoTime()) && vain.update.equals(update);
  }
}
