package io.ergane.dataplane.telemetry;

/**
 * The labels of a finished request, each as it is exported: never empty, bounded in number by what
 * routes register.
 */
record MeterKey(
    String model,
    String path,
    String status,
    String errorType,
    String route,
    String backendType,
    String backendName,
    String upstreamModel) {

  private static final String NONE = "none";

  static MeterKey of(RequestRecord record, String path) {
    return new MeterKey(
        model(record),
        path,
        Integer.toString(record.status),
        errorType(record),
        record.route == null ? NONE : record.route.toString(),
        record.backendType.isEmpty() ? "unresolved" : record.backendType,
        record.server == null ? NONE : record.server.toString(),
        record.upstreamModel.isEmpty() || !record.modelRegistered ? NONE : record.upstreamModel);
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
