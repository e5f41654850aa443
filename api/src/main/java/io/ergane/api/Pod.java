package io.ergane.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of a Kubernetes pod that routing reads. */
@IgnoresUnknownFields
public record Pod(ObjectMeta metadata, Spec spec, Status status) implements Resource {

  @Override
  public String apiVersion() {
    return "v1";
  }

  @Override
  public String kind() {
    return "Pod";
  }

  /** Whether requests may be sent: running, ready, addressed and not being deleted. */
  public boolean usable() {
    return metadata.deletionTimestamp() == null
        && "Running".equals(status.phase())
        && status.podIP() != null
        && status.ready();
  }

  /** Where the pod runs. */
  @IgnoresUnknownFields
  public record Spec(@Nullable String nodeName) {
    public static final Spec EMPTY = new Spec(null);
  }

  /** What the node reports of the pod. */
  @IgnoresUnknownFields
  public record Status(
      @Nullable String podIP,
      @Nullable String phase,
      List<Condition> conditions,
      @Nullable Instant startTime) {

    public static final Status EMPTY = new Status(null, null, List.of(), null);

    public Status {
      podIP = podIP == null || podIP.isEmpty() ? null : podIP;
      conditions = List.copyOf(conditions);
    }

    /** Whether the condition {@code Ready} is {@code True}. */
    public boolean ready() {
      return conditions.stream()
          .anyMatch(condition -> condition.type().equals("Ready") && condition.holds());
    }
  }

  /**
   * One observed condition.
   *
   * @param status {@code True}, {@code False} or {@code Unknown}
   */
  @IgnoresUnknownFields
  public record Condition(String type, String status) {
    public boolean holds() {
      return status.equals("True");
    }
  }
}
