package io.ergane.extproc;

import io.ergane.dataplane.Dataplane;
import io.ergane.dataplane.decision.ErrorShape;
import io.ergane.dataplane.decision.OwnPaths;
import io.ergane.dataplane.telemetry.Telemetry;

/** What the threads of one server share. Thread-safe. */
final class ServerState {
  final ExtProcSettings settings;
  final Dataplane dataplane;
  final Telemetry telemetry;
  final ErrorShape errors;
  final OwnPaths ownPaths;
  final OpenRequests open;
  final Settlement settlement;
  final Counts counts = new Counts();
  final Turns turns;

  /** Readiness is denied. */
  volatile boolean leaving;

  /**
   * @param seed of tokens
   */
  ServerState(ExtProcSettings settings, Dataplane dataplane, Telemetry telemetry, long seed) {
    this.settings = settings;
    this.dataplane = dataplane;
    this.telemetry = telemetry;
    this.errors = new ErrorShape(settings.surface().kthenaErrors());
    this.ownPaths = new OwnPaths(dataplane, errors, this::ready, settings.surface().metrics());
    this.open = new OpenRequests(seed, settings.accounting());
    this.turns = new Turns(settings.limits().maxPartBytes());
    this.settlement = new Settlement(this);
  }

  boolean ready() {
    return !leaving && settings.surface().ready().getAsBoolean();
  }

  long now() {
    return dataplane.now();
  }
}
