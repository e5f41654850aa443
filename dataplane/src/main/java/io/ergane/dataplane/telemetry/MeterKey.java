package io.ergane.dataplane.telemetry;

import io.ergane.api.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * What tells the series of finished requests apart, bounded in number by what routes register. Each
 * request makes one to look its series up by; the labels are made from it once a series.
 */
record MeterKey(String model, String path, int status, String errorType, Backend backend) {

  private static final String NONE = "none";

  /**
   * Where a request went.
   *
   * @param route null for none
   * @param type {@code model_server}, {@code external_provider} or {@code unresolved}
   * @param server what served it, null for nothing
   * @param upstreamModel name of the model there
   */
  record Backend(
      @Nullable ObjectName route, String type, @Nullable ObjectName server, String upstreamModel) {

    static Backend of(RequestRecord record) {
      return new Backend(
          record.route,
          record.backendType.isEmpty() ? "unresolved" : record.backendType,
          record.server,
          record.upstreamModel.isEmpty() || !record.modelRegistered ? NONE : record.upstreamModel);
    }

    /** Namespace and name of the route. */
    String routeLabel() {
      return route == null ? NONE : route.toString();
    }

    /** Namespace and name of what served. */
    String nameLabel() {
      return server == null ? NONE : server.toString();
    }

    /** The model server, {@code none} where another kind of backend serves. */
    String modelServerLabel() {
      return type.equals("model_server") ? nameLabel() : NONE;
    }
  }

  static MeterKey of(RequestRecord record, String path) {
    return new MeterKey(model(record), path, record.status, errorType(record), Backend.of(record));
  }

  static String model(RequestRecord record) {
    return record.modelRegistered ? record.model : "unknown";
  }

  private static String errorType(RequestRecord record) {
    if (record.metricErrorType != null) {
      return record.metricErrorType;
    }
    if (record.errorType != null) {
      return record.errorType;
    }
    return record.status >= 400 ? "request_failed" : "successful_request";
  }
}
