package io.ergane.cli;

import io.ergane.extproc.ExtProcServer;
import java.io.IOException;
import java.util.Map;

/** A data plane and the scheduler's services for Envoys, fed with images. */
final class ExtProcProcess implements Running {
  private final Parts parts = new Parts();
  private final ExtProcServer server;
  private final Pages pages;

  /**
   * Starts what decides; it is ready when images and engines' signals are there.
   *
   * @throws UserError for what the user can put right
   */
  static ExtProcProcess start(
      Images images,
      ExtProcOptions listener,
      PageOptions pages,
      SchedulingOptions scheduling,
      Map<String, String> environment) {
    try {
      return new ExtProcProcess(images, listener, pages, scheduling, environment);
    } catch (IOException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }

  private ExtProcProcess(
      Images images,
      ExtProcOptions listener,
      PageOptions pageOptions,
      SchedulingOptions scheduling,
      Map<String, String> environment)
      throws IOException {
    try {
      Instruments instruments = Instruments.open(scheduling.decisions, environment, parts);
      EngineSide engines = EngineSide.open(images, scheduling, environment, instruments, parts);
      server =
          parts.opened(
              SchedulerListener.start(
                  listener.listener(),
                  scheduling,
                  engines.ready(),
                  false,
                  Waits.lameDuck(environment),
                  environment,
                  engines,
                  instruments));
      pages = engines.openPages(pageOptions, instruments, Map.of(), parts);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  int port() {
    return server.port();
  }

  Pages pages() {
    return pages;
  }

  @Override
  public int inFlight() {
    return server.inFlight();
  }

  @Override
  public void drain() {
    server.drain().join();
    close();
  }

  @Override
  public void close() {
    parts.close();
  }
}
