package io.ergane.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.e2e.SteadyLoad.Outcome;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What edits do to requests that keep coming through a real Envoy, a thousand each second. */
@NeedsPart(Part.ENVOY)
final class EnvoyLiveChangesTest {
  private static final String MODEL = "vendor/model";
  private static final int CONNECTIONS = 60;
  private static final Duration PAUSE = Duration.ofMillis(47);

  @TempDir Path folder;

  @Test
  void editsUnderLoadAreSoonLiveOnEveryNodeAndNoRequestFails() throws Exception {
    try (Gateway gateway =
        Gateway.in(folder)
            .engine("a-1", "a", MODEL)
            .engine("b-1", "b", MODEL)
            .engine("c-1", "c", MODEL)
            .manifest("models.yaml", Manifests.server("a", MODEL), Manifests.server("b", MODEL))
            .manifest("route.yaml", Manifests.route("live", "a"))) {
      Path random = gateway.configuration(Manifests.configuration("", "random", ""));
      gateway.startWithEnvoy("--config=" + random);
      List<Outcome> outcomes;
      long begun;
      try (SteadyLoad load =
          SteadyLoad.start(gateway, CONNECTIONS, PAUSE, i -> Chats.body("live", "hi " + i))) {
        begun = System.nanoTime();
        load.awaitMore(1_000);
        edit(gateway, load, "another target", "b-1", Manifests.route("live", "b"));
        edit(
            gateway,
            load,
            "a new pool",
            "c-1",
            Manifests.route("live", "c"),
            Manifests.server("c", MODEL));
        edit(gateway, load, "a pool removed", "a-1", Manifests.route("live", "a"));
        load.close();
        outcomes = load.outcomes();
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      Tally tally = Tally.of(outcomes);
      System.out.printf(
          "edits under load through Envoy: %d requests at %.0f a second, %d failed %s%n",
          tally.sent(), tally.sent() / seconds, tally.failures(), tally.failed());
      LostRequests.none(outcomes);
    }
  }

  /** Saves a file; waits until every node runs what follows from it and the new engine answers. */
  private static void edit(
      Gateway gateway, SteadyLoad load, String what, String engine, String... documents)
      throws IOException, InterruptedException {
    String image = image(gateway);
    JsonNode before = gateway.debug("/debug/xds").path("published");
    int sent = load.outcomes().size();
    long saved = System.nanoTime();
    gateway.manifest("route.yaml", documents);
    await()
        .atMost(Gateway.PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> !image(gateway).equals(image) && isLive(gateway.debug("/debug/xds"), before));
    long live = System.nanoTime() - saved;
    await()
        .atMost(Gateway.PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> load.outcomes().getLast().engine().equals(engine));
    load.awaitMore(1_000);
    long first =
        load.outcomes().stream()
                .skip(sent)
                .filter(outcome -> outcome.engine().equals(engine))
                .mapToLong(Outcome::ended)
                .min()
                .orElseThrow()
            - saved;
    System.out.printf(
        "an edit through Envoy, %s: live on every node after %d ms, first answer by it after %d"
            + " ms%n",
        what, live / 1_000_000, first / 1_000_000);
    System.out.println("  saved at " + (saved - load.outcomes().getFirst().begun()) / 1_000_000);
  }

  private static String image(Gateway gateway) {
    return gateway.running().dataplane().state().image().hash();
  }

  private static boolean isLive(JsonNode status, JsonNode before) {
    boolean live = !status.path("published").equals(before) && !status.path("nodes").isEmpty();
    for (JsonNode node : status.path("nodes")) {
      for (JsonNode type : node.path("types")) {
        live &= type.path("live").asBoolean();
      }
    }
    return live;
  }
}
