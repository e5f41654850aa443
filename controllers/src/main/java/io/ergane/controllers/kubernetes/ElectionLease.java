package io.ergane.controllers.kubernetes;

import io.ergane.api.ObjectName;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Lease that leaders hold. It is created and replaced, never patched: accounts that were made
 * for Kthena's controller may not patch it, and the library's own lock does.
 */
final class ElectionLease implements Lock {
  /** Microseconds, always six digits, as {@code metav1.MicroTime} is written. */
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Cluster cluster;
  private final ObjectName name;
  private final String identity;
  private String version = "";

  ElectionLease(Cluster cluster, ObjectName name, String identity) {
    this.cluster = cluster;
    this.name = name;
    this.identity = identity;
  }

  @Override
  public synchronized @Nullable LeaderElectionRecord get(KubernetesClient client) {
    try {
      Map<String, Object> lease = cluster.find(Kind.LEASE, name);
      return lease == null ? null : read(lease);
    } catch (ApiException e) {
      throw new KubernetesClientException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public synchronized void create(KubernetesClient client, LeaderElectionRecord held) {
    try {
      var _ = read(cluster.create(Kind.LEASE, name.namespace(), tree(held, "")));
    } catch (ApiException e) {
      throw new KubernetesClientException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public synchronized void update(KubernetesClient client, LeaderElectionRecord held) {
    try {
      var _ = read(cluster.replace(Kind.LEASE, name, tree(held, version)));
    } catch (ApiException e) {
      throw new KubernetesClientException(String.valueOf(e.getMessage()), e);
    }
  }

  private LeaderElectionRecord read(Map<String, Object> lease) {
    version = Fields.text(lease, "metadata", "resourceVersion");
    return new LeaderElectionRecord(
        Fields.text(lease, "spec", "holderIdentity"),
        Duration.ofSeconds(Fields.number(lease, 15, "spec", "leaseDurationSeconds")),
        time(lease, "acquireTime"),
        time(lease, "renewTime"),
        (int) Fields.number(lease, 0, "spec", "leaseTransitions"));
  }

  private static ZonedDateTime time(Map<String, Object> lease, String field) {
    Instant instant = Fields.instant(lease, "spec", field);
    return (instant == null ? Instant.EPOCH : instant).atZone(ZoneOffset.UTC);
  }

  private Map<String, Object> tree(LeaderElectionRecord held, String replaced) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name.name());
    metadata.put("namespace", name.namespace());
    if (!replaced.isEmpty()) {
      metadata.put("resourceVersion", replaced);
    }
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("holderIdentity", held.getHolderIdentity());
    spec.put("leaseDurationSeconds", Math.max(1, held.getLeaseDuration().toSeconds()));
    spec.put("acquireTime", MICROS.format(held.getAcquireTime()));
    spec.put("renewTime", MICROS.format(held.getRenewTime()));
    spec.put("leaseTransitions", held.getLeaderTransitions());
    return Map.of("metadata", metadata, "spec", spec);
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public String describe() {
    return "Lease " + name;
  }
}
