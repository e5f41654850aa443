package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes in whatever order: a stream ends once, and counts return to zero. */
class LifecycleLawsTest {
  private static final long SEED = Long.getLong("laws.seed", 20_261_121);
  private static final int ROUNDS = 3000;
  private static final BodySendMode[] MODES = {
    BodySendMode.NONE,
    BodySendMode.STREAMED,
    BodySendMode.BUFFERED,
    BodySendMode.BUFFERED_PARTIAL,
    BodySendMode.FULL_DUPLEX_STREAMED
  };

  private final World world = new World();
  private final Log log = new Log(world.server);

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** What Envoy sends for a whole request with its answer. */
  private static List<ProcessingRequest> script(Random random) {
    BodySendMode request = MODES[random.nextInt(MODES.length)];
    BodySendMode response = MODES[random.nextInt(MODES.length)];
    String body =
        one(random, List.of(Script.chat("m"), Script.chat("plain"), Script.chat("none"), "{", ""));
    ProcessingRequest head =
        one(
            random,
            List.of(
                Script.headers("POST", Script.CHAT_PATH),
                Script.headers("POST", Script.CHAT_PATH, "x-request-id", "same"),
                Script.headers("GET", "/v1/models"),
                Script.headers("PUT", "/nowhere")));
    List<ProcessingRequest> all = new ArrayList<>();
    all.add(Script.configured(head, request, response, random.nextBoolean()));
    int size = 1 + random.nextInt(400);
    all.addAll(Script.pieces(Script.utf8(body), size, random.nextInt(4) == 0));
    all.add(Script.responseHeaders(200, "text/event-stream", false));
    all.add(Script.responseBody(Script.utf8("data: {}\n\n"), false));
    all.add(
        random.nextBoolean() ? Script.responseBody(new byte[0], true) : Script.responseTrailers());
    return all;
  }

  private static void disturb(List<ProcessingRequest> script, Random random) {
    int at = random.nextInt(script.size());
    int other = random.nextInt(script.size());
    switch (random.nextInt(6)) {
      case 0 -> script.add(at, script.get(other));
      case 1 -> script.remove(at);
      case 2 -> script.set(at, script.get(other));
      case 3 -> script.add(Script.body(new byte[0], true));
      default -> {}
    }
  }

  private void run(Random random, int round) {
    List<ProcessingRequest> script = script(random);
    if (random.nextInt(3) == 0) {
      disturb(script, random);
    }
    Envoy envoy = new Envoy(world);
    int cut = random.nextBoolean() ? script.size() : random.nextInt(script.size() + 1);
    boolean logEarly = random.nextInt(4) == 0;
    for (int i = 0; i < cut; i++) {
      envoy.send(script.get(i));
      if (logEarly) {
        tell(envoy);
      }
    }
    if (random.nextInt(4) == 0) {
      world.clock.pass(World.SETTINGS.timeouts().upload());
      world.loop.undecided.expire(world.clock.now());
    }
    if (random.nextBoolean()) {
      envoy.stream.halfClosed();
    }
    envoy.stream.ended();
    envoy.stream.ended();
    if (random.nextInt(3) > 0) {
      tell(envoy);
      tell(envoy);
    }
    assertThat(envoy.ends).as("seed %d, round %d", SEED, round).isLessThanOrEqualTo(1);
    if (cut == script.size() && envoy.ends == 0) {
      assertThat(envoy.answers).isNotEmpty();
    }
  }

  private void tell(Envoy envoy) {
    if (envoy.directed()) {
      String[] address = envoy.destinations().getFirst().split(":");
      log.read(Entries.served(envoy.token(), address[0], Integer.parseInt(address[1])));
    }
  }

  @Test
  void everythingIsReleasedOnce() {
    Random random = new Random(SEED);
    int before = 0;
    for (int round = 0; round < ROUNDS; round++) {
      run(random, round);
      if (round % 100 == 99) {
        world.clock.pass(World.SETTINGS.accounting().lostAfter());
        for (OpenRequest lost : world.server.open.takeLost(world.clock.now())) {
          world.server.settlement.lost(lost, Counts.Lost.TIMEOUT);
        }
        world.assertQuiet();
        assertThat(world.telemetry.ended.size()).isGreaterThan(before);
        before = world.telemetry.ended.size();
      }
    }
  }
}
