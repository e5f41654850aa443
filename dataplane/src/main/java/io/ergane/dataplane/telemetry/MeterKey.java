package io.ergane.dataplane.telemetry;

/**
 * The labels of a finished request, each as it is exported: never empty, bounded in number by what
 * routes register.
 */
record MeterKey(String model, String path, String status, String errorType, Backend backend) {

  private static final String NONE = "none";

  /**
   * Where a request went.
   *
   * @param route namespace and name of the route
   * @param type {@code model_server}, {@code external_provider} or {@code unresolved}
   * @param name namespace and name of what served it
   * @param upstreamModel name of the model there
   */
  record Backend(String route, String type, String name, String upstreamModel) {

    static Backend of(RequestRecord record) {
      return new Backend(
          record.route == null ? NONE : record.route.toString(),
          record.backendType.isEmpty() ? "unresolved" : record.backendType,
          record.server == null ? NONE : record.server.toString(),
          record.upstreamModel.isEmpty() || !record.modelRegistered ? NONE : record.upstreamModel);
    }

    /** The model server, {@code none} where another kind of backend serves. */
    String modelServer() {
      return type.equals("model_server") ? name : NONE;
    }
  }

  static MeterKey of(RequestRecord record, String path) {
    return new MeterKey(
        model(record),
        path,
        Integer.toString(record.status),
        errorType(record),
        Backend.of(record));
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
