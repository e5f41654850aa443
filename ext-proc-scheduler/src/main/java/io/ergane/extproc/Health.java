package io.ergane.extproc;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * gRPC health under every name that clients ask for. {@code liveness} is always serving; everything
 * else, {@code readiness} and the services' own names among them, is while the server is ready.
 */
final class Health extends HealthGrpc.HealthImplBase {
  private static final String LIVENESS = "liveness";
  private static final int MOST_WATCHERS = 1024;

  private final ServerState server;
  private final Map<StreamObserver<HealthCheckResponse>, ServingStatus> watchers =
      new ConcurrentHashMap<>();

  Health(ServerState server) {
    this.server = server;
  }

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
    boolean serving = request.getService().equals(LIVENESS) || server.ready();
    out.onNext(response(serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING));
    out.onCompleted();
  }

  @Override
  public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
    if (request.getService().equals(LIVENESS)) {
      out.onNext(response(ServingStatus.SERVING));
      return;
    }
    if (watchers.size() >= MOST_WATCHERS) {
      out.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription("Health is watched by " + MOST_WATCHERS + " clients; use Check.")
              .asRuntimeException());
      return;
    }
    ((ServerCallStreamObserver<HealthCheckResponse>) out)
        .setOnCancelHandler(() -> watchers.remove(out));
    watchers.put(out, ServingStatus.UNKNOWN);
    tell();
  }

  /** Tells watchers of a change. */
  synchronized void tell() {
    ServingStatus now = server.ready() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    watchers.forEach((out, told) -> {
      if (told != now && watchers.replace(out, told, now)) {
        out.onNext(response(now));
      }
    });
  }

  private static HealthCheckResponse response(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }
}
