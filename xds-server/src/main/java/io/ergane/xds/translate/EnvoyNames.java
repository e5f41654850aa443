package io.ergane.xds.translate;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.HostPort;

/** Names in Envoy's configuration that the scheduler, people and statistics know too. */
public final class EnvoyNames {
  /** The listener, its route configuration and its virtual host; the access log's name. */
  public static final String ERGANE = "ergane";

  /** Cluster of the external processor and, where there is one scheduler, of the access log. */
  public static final String SCHEDULER = "ergane-scheduler";

  /** Secret of the certificates that a scheduler's must lead to. */
  public static final String SCHEDULER_AUTHORITY = "ergane-scheduler-authority";

  /** Secret of what Envoys show to schedulers. */
  public static final String SCHEDULER_IDENTITY = "ergane-scheduler-identity";

  /** Cluster of the control plane, in the bootstrap. */
  public static final String CONTROL_PLANE = "ergane-control-plane";

  /** Request header with the chosen pool as {@code NAMESPACE/NAME}; set by the scheduler. */
  public static final String POOL_HEADER = "x-ergane-pool";

  /**
   * Request header that the scheduler sets to {@link #WHOLE} when it was sent the beginning of a
   * body and needs all of it; it is then asked again.
   */
  public static final String BODY_HEADER = "x-ergane-body";

  /** Value of {@link #BODY_HEADER}. */
  public static final String WHOLE = "whole";

  /** The client's content-length while Envoy passes a body on in pieces. */
  static final String LENGTH_HEADER = "x-ergane-length";

  /** Metadata namespace that load balancing reads. */
  public static final String LB_NAMESPACE = "envoy.lb";

  /**
   * Header and metadata key with {@code host:port[,host:port…]}: the endpoints to try, in order.
   */
  public static final String DESTINATION = "x-gateway-destination-endpoint";

  /** Metadata key with {@code host:port} of the endpoint tried last. */
  public static final String SERVED = "x-gateway-destination-endpoint-served";

  /** Metadata namespace of the tokens that an engine says it used. */
  public static final String USAGE_NAMESPACE = "ergane.usage";

  /** Keys in {@link #USAGE_NAMESPACE}. */
  public static final String INPUT_TOKENS = "input_tokens";

  public static final String OUTPUT_TOKENS = "output_tokens";

  /** Names of HTTP filters, in their order. */
  static final String UNPACK_FILTER = "unpack";

  static final String BODY_FILTER = "body";

  static final String DECISION_FILTER = "decision";
  static final String REROUTE_FILTER = "reroute";
  static final String WHOLE_BODY_FILTER = "whole-body";
  static final String WHOLE_DECISION_FILTER = "whole-decision";
  static final String STREAM_USAGE_FILTER = "stream-usage";
  static final String DOCUMENT_USAGE_FILTER = "document-usage";

  private EnvoyNames() {}

  /** Cluster of the access log of one of several schedulers. */
  static String schedulerLog(HostPort scheduler) {
    return SCHEDULER + "-log/" + scheduler;
  }

  /** Name of a pool's cluster, of its endpoints and of its route. */
  public static String pool(ObjectName pool) {
    return "pool/" + pool;
  }
}
