package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.OwnerReference;
import io.ergane.controllers.serving.plan.PluginChain.Place;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plugin {@code lws-standard-labels}: the labels that LeaderWorkerSet gives its pods, on the pods
 * of a ModelServing that belongs to one.
 */
final class LwsStandardLabels implements PluginChain.PodPlugin {
  static final String NAME = "lws-standard-labels";
  private static final String PREFIX = "leaderworkerset.sigs.k8s.io/";

  @Override
  public void onPodCreate(
      ModelServing serving, Place place, @Nullable Object config, PodDraft pod) {
    Optional<String> owner =
        serving.metadata().ownerReferences().stream()
            .filter(reference -> reference.kind().equals(LeaderWorkerSet.KIND))
            .map(OwnerReference::name)
            .findFirst();
    if (owner.isEmpty()) return;
    int group = place.slot().groupOrdinal();
    pod.labels().put(PREFIX + "name", owner.get());
    pod.labels().put(PREFIX + "group-index", Integer.toString(group));
    pod.labels().put(PREFIX + "worker-index", Integer.toString(place.index()));
    pod.labels().put(PREFIX + "group-key", sha1(owner.get() + "-" + group));
  }

  private static String sha1(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-1", e);
    }
  }
}
