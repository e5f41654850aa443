package io.ergane.e2e.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.controllers.ControlPlane;
import io.ergane.controllers.Timing;
import io.ergane.controllers.config.RouterConfigurationFile;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Equal requests, equal signals, equal draws: equal decisions, answers and counts, whatever stands
 * in front. {@code -Dparity.requests=N} asks more, {@code -Dparity.seed=N} others.
 */
final class ParityTest {
  private static final int REQUESTS = Integer.getInteger("parity.requests", 2_000);
  private static final long SEED = Long.getLong("parity.seed", 1);
  private static final int PHASES = 8;

  @TempDir Path folder;

  private Fleet fleet;
  private Compilation compilation;
  private CoreSide core;

  @BeforeEach
  void declare() throws Exception {
    fleet = Fleet.start(SEED);
    Path manifests = folder.resolve("manifests");
    Path configuration = folder.resolve("router.yaml");
    fleet.declare(manifests, configuration);
    try (ControlPlane controlPlane =
        new ControlPlane(
            List.of(
                new ManifestFiles(List.of(manifests), FileLimits.DEFAULT),
                RouterConfigurationFile.open(configuration)),
            Timing.DEFAULT)) {
      compilation = controlPlane.start();
    }
    assertThat(compilation.diagnostics())
        .filteredOn(each -> each.severity() == Severity.ERROR)
        .isEmpty();
    core = new CoreSide(compilation, fleet, SEED);
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
  }

  @Test
  void theProxyDecidesAsTheCoreAlone() throws Exception {
    try (Mode proxy = Modes.proxy(compilation, SEED)) {
      same("proxy", Workload.of(SEED, Math.min(REQUESTS, 1_000)), List.of(proxy));
    }
  }

  @Test
  @NeedsPart(Part.ENVOY)
  void envoyAndTheProxyDecideAsTheCoreAlone() throws Exception {
    try (Mode proxy = Modes.proxy(compilation, SEED);
        Mode envoy = Modes.envoy(compilation, SEED, Files.createDirectory(folder.resolve("e")))) {
      same("envoy", Workload.of(SEED, REQUESTS), List.of(proxy, envoy));
    }
  }

  @Test
  @NeedsPart(Part.ENVOY)
  void roundsOfManyAtATimeAreDecidedTheSameByTheCoreAlone() throws Exception {
    List<Ask> asks = Workload.of(SEED + 1, REQUESTS);
    core.scrape(compilation);
    try (Mode proxy = Modes.proxy(compilation, SEED);
        Mode envoy = Modes.envoy(compilation, SEED, Files.createDirectory(folder.resolve("e")))) {
      for (Mode mode : List.of(proxy, envoy)) {
        mode.subject.awaitSignals(core.board);
        Rounds.together(asks, mode, 16);
        Rounds rounds = Rounds.of(asks, mode.subject.recorder.all(), compilation.image(), SEED);
        System.out.println(mode.name + ": " + rounds.summary());
        assertThat(rounds.differences()).as(mode.name).isEmpty();
        assertThat(rounds.decided()).isGreaterThan(asks.size() / 2);
        assertThat(rounds.besideOthers()).isGreaterThan(asks.size() / 10);
      }
    }
  }

  private void same(String title, List<Ask> asks, List<Mode> modes) throws Exception {
    ParityReport report = new ParityReport();
    long begun = System.nanoTime();
    int phase = (asks.size() + PHASES - 1) / PHASES;
    for (int from = 0; from < asks.size(); from += phase) {
      if (from > 0) {
        fleet.next();
      }
      core.scrape(compilation);
      for (Mode mode : modes) {
        mode.subject.awaitSignals(core.board);
      }
      inTurn(asks.subList(from, Math.min(asks.size(), from + phase)), modes, report);
    }
    counters(modes, report);
    report.write(Path.of("target", "parity-" + title + ".txt"));
    System.out.printf(
        "%s (%.1f s)%n", report.summary(), (System.nanoTime() - begun) / 1_000_000_000.0);
    assertThat(report.unexplained()).isEmpty();
    for (Mode mode : modes) {
      assertThat(mode.subject.dataplane.board().totalInFlight()).as(mode.name).isZero();
    }
  }

  /** Each mode answers one request at a time; two modes may work at the same time. */
  private void inTurn(List<Ask> asks, List<Mode> modes, ParityReport report) throws Exception {
    List<List<Seen>> seen = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(modes.size())) {
      List<Future<List<Seen>>> runs = new ArrayList<>();
      for (Mode mode : modes) {
        runs.add(threads.submit((Callable<List<Seen>>) () -> all(asks, mode)));
      }
      for (Future<List<Seen>> run : runs) {
        seen.add(run.get());
      }
    }
    for (int i = 0; i < asks.size(); i++) {
      Ask ask = asks.get(i);
      Seen expected = core.ask(ask);
      report.asked(ask);
      for (int m = 0; m < modes.size(); m++) {
        String name = modes.get(m).name;
        Seen here = seen.get(m).get(i);
        report.request(ask, "core", expected, name, here);
        if (m > 0) {
          report.request(ask, modes.get(m - 1).name, seen.get(m - 1).get(i), name, here);
        }
      }
    }
  }

  private static List<Seen> all(List<Ask> asks, Mode mode) throws Exception {
    List<Seen> all = new ArrayList<>();
    for (Ask ask : asks) {
      all.add(mode.ask(ask));
    }
    return all;
  }

  private void counters(List<Mode> modes, ParityReport report) {
    Counters expected = Counters.of(core.recorder.registry.scrape());
    for (Mode mode : modes) {
      report.counters(
          "core", expected, mode.name, Counters.of(mode.subject.recorder.registry.scrape()));
    }
  }
}
