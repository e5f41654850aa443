package io.ergane.core.compile;

import com.google.re2j.Pattern;
import io.ergane.api.Finding;
import io.ergane.api.Pod;
import io.ergane.core.routing.Endpoint;
import io.ergane.core.routing.Pool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a pod is reached, and whether it may be. */
final class PodAddress {
  private static final Pattern HOST = Pattern.compile("(?i)[0-9a-f:.]{1,64}|[a-z0-9._-]{1,253}");

  /** Carried by a pod that is to go: it finishes what it has, and gets nothing new. */
  static final String DRAINING = "ergane.io/draining";

  private PodAddress() {}

  /** What is wrong with the address that a pod declares. */
  static List<Finding> findings(Pod pod) {
    String annotation = annotation(pod);
    if (annotation != null) {
      try {
        var _ = EndpointAddress.parse(annotation);
      } catch (IllegalArgumentException e) {
        String field = "metadata.annotations[" + EndpointAddress.ANNOTATION + "]";
        return List.of(new Finding(field, String.valueOf(e.getMessage())));
      }
      return List.of();
    }
    String ip = pod.status().podIP();
    return ip == null || HOST.matcher(ip).matches()
        ? List.of()
        : List.of(
            new Finding(
                "status.podIP", "found '" + ip + "'; accepted is an IP address or a host name"));
  }

  /**
   * Why no request may be sent to a pod whose address is sound; null if it is usable. It is, unless
   * it has no address, is being deleted or drained, reports a phase other than Running, or reports
   * conditions among which Ready is not True: what a manifest leaves out speaks for the pod.
   */
  static @Nullable String obstacle(Pod pod) {
    String phase = pod.status().phase();
    if (pod.metadata().deletionTimestamp() != null) {
      return "is being deleted";
    }
    if (pod.metadata().annotations().containsKey(DRAINING)) {
      return "is being drained";
    }
    if (phase != null && !phase.isEmpty() && !phase.equals("Running")) {
      return "is in phase " + phase;
    }
    if (!pod.status().conditions().isEmpty() && !pod.status().ready()) {
      return "is not ready";
    }
    return annotation(pod) == null && pod.status().podIP() == null ? "has no podIP" : null;
  }

  /** The endpoint of a usable pod; its annotation stands before its IP and the pool's port. */
  static Endpoint endpoint(Pod pod, Pool pool) {
    String annotation = annotation(pod);
    if (annotation != null) {
      EndpointAddress address = EndpointAddress.parse(annotation);
      return new Endpoint(pod.name(), address.host(), address.port(), address.tls());
    }
    String ip = pod.status().podIP();
    if (ip == null) {
      throw new IllegalArgumentException("Pod " + pod.name() + " has no address");
    }
    return new Endpoint(pod.name(), ip, pool.port(), pool.tls());
  }

  private static @Nullable String annotation(Pod pod) {
    return pod.metadata().annotations().get(EndpointAddress.ANNOTATION);
  }
}
