package io.ergane.xds.rollout;

import static io.ergane.xds.rollout.Compilations.refusing;
import static io.ergane.xds.rollout.Compilations.table;
import static io.ergane.xds.rollout.Compilations.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.routing.EndpointTable;
import io.ergane.testkit.Laws;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a rollout does and when, under a clock that the tests move. */
class StagesTest {
  private static final Lag MUTE = new Lag(1, 1);
  private static final EndpointTable BOTH = table("a", 8000, 8001);
  private static final EndpointTable LEFT = table("a", 8001);

  /** A change that adds a pool and drops one, and how far it is. */
  enum Moment {
    ENVOYS_AWAITED(Duration.ZERO),
    BEFORE_THE_CHOICE(World.WAITS.nodes()),
    DECIDERS_AWAITED(World.WAITS.nodes().plus(World.WAITS.grace())),
    BEFORE_THE_REMOVAL(World.WAITS.nodes().multipliedBy(2).plus(World.WAITS.grace()));

    private final Duration begins;

    Moment(Duration begins) {
      this.begins = begins;
    }

    boolean isDecided() {
      return compareTo(DECIDERS_AWAITED) >= 0;
    }

    /** The world at this moment of the change to {@link #AFTER}, with nodes that do not answer. */
    World world() {
      World world = new World(BEFORE);
      world.lag = MUTE;
      world.begin(AFTER);
      world.pass(begins);
      return world;
    }
  }

  private static final Compilation BEFORE = with(Compilations.of(8000, "a", "gone"), BOTH);
  private static final Compilation AFTER = with(Compilations.of(8000, "a", "new"), BOTH);

  @Test
  void envoysKnowANewPoolBeforeItIsChosenAndOneThatIsGoneUntilItIsNot() {
    World world = Moment.ENVOYS_AWAITED.world();
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String now =
          (world.envoysKnow("gone") ? "G" : "-")
              + (world.envoysKnow("new") ? "N" : "-")
              + (world.decidersKnow("gone") ? "g" : "-")
              + (world.decidersKnow("new") ? "n" : "-");
      if (seen.isEmpty() || !seen.getLast().equals(now)) {
        seen.add(now);
      }
      world.pass(Duration.ofMillis(100));
    }

    assertThat(seen).containsExactly("GNg-", "GN-n", "-N-n");
    world.assertIs(AFTER);
  }

  @ParameterizedTest
  @EnumSource
  void anEngineThatIsGoneGoesOutAtOnceAndDoesNotComeBack(Moment moment) {
    World world = moment.world();

    world.accept(with(AFTER, LEFT));

    assertThat(world.envoysHave(LEFT)).isTrue();
    assertThat(world.decidersHave(LEFT)).isTrue();
    assertThat(world.decidersKnow("new")).isEqualTo(moment.isDecided());
    assertThat(world.effects)
        .hasExactlyElementsOfTypes(Effect.PublishEndpoints.class, Effect.Tell.class);
    for (int i = 0; i < 60; i++) {
      world.pass(Duration.ofMillis(100));
      assertThat(world.envoysHave(LEFT)).isTrue();
      assertThat(world.decidersHave(LEFT)).isTrue();
    }
    world.assertIs(with(AFTER, LEFT));
  }

  @ParameterizedTest
  @EnumSource
  void enginesOfANewerImageGoOutAtOnceAndTheImageWaitsItsTurn(Moment moment) {
    World world = moment.world();
    Compilation newer = with(Compilations.of(8000, "a", "newer"), LEFT);

    world.accept(newer);

    assertThat(world.envoysHave(LEFT)).isTrue();
    assertThat(world.decidersHave(LEFT)).isTrue();
    while (!world.decidersKnow("new")) {
      assertThat(world.envoysKnow("newer")).isFalse();
      world.pass(Duration.ofMillis(100));
    }
    assertThat(world.decidersHave(LEFT)).isTrue();
    while (world.envoysKnow("gone")) {
      assertThat(world.envoysKnow("newer")).isFalse();
      world.pass(Duration.ofMillis(100));
    }
    assertThat(world.envoysHave(LEFT)).isTrue();
    world.finish();
    world.assertIs(newer);
  }

  @ParameterizedTest
  @EnumSource
  void aChangeThatIsTakenBackIsCarriedToItsEndFirst(Moment moment) {
    World world = moment.world();

    world.accept(with(BEFORE, LEFT));

    assertThat(world.envoysHave(LEFT)).isTrue();
    assertThat(world.decidersHave(LEFT)).isTrue();
    world.finish();
    assertThat(world.published("new")).anyMatch(all -> !World.knows(all, "gone"));
    world.assertIs(with(BEFORE, LEFT));
  }

  @ParameterizedTest
  @EnumSource
  void aNewerImageThatIsRefusedIsReportedAtItsTurnAndItsEnginesGoOutBefore(Moment moment) {
    World world = new World(BEFORE, refusing("bad"));
    world.lag = MUTE;
    world.begin(AFTER);
    world.pass(moment.begins);

    world.accept(with(Compilations.of(8000, "a", "new", "bad"), LEFT));

    assertThat(world.envoysHave(LEFT)).isTrue();
    assertThat(world.decidersHave(LEFT)).isTrue();
    assertThat(world.told.diagnostics()).isEmpty();
    world.finish();
    world.assertIs(with(AFTER, LEFT));
    assertThat(world.told.diagnostics()).extracting(Diagnostic::code).containsExactly("envoy-rule");
    assertThat(world.effects).hasAtLeastOneElementOfType(Effect.Report.class);

    world.begin(with(AFTER, LEFT));

    assertThat(world.effects).contains(new Effect.Report(List.of()));
    assertThat(world.told.diagnostics()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheNewestOfManyIsBegun(Moment moment) {
    World world = moment.world();

    world.accept(Compilations.of(8000, "skipped"));
    world.accept(with(AFTER, LEFT));
    world.finish();

    world.assertIs(with(AFTER, LEFT));
    assertThat(world.published("skipped")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whatNodesRejectIsToldWhileOthersAreAwaited(Moment moment) {
    World world = moment.world();
    Diagnostic theirs = new Diagnostic(Severity.ERROR, "rejected-by-node", "x", "", "theirs");

    world.reject(theirs);

    assertThat(world.told.diagnostics()).containsExactly(theirs);
    assertThat(world.told.image()).isEqualTo((moment.isDecided() ? AFTER : BEFORE).image());
    world.finish();
    assertThat(world.told.diagnostics()).containsExactly(theirs);
    world.reject();
    assertThat(world.told.diagnostics()).isEmpty();
  }

  @Test
  void enginesOfANewPoolReachEnvoysBeforeThePoolMayBeChosen() {
    World world = Moment.ENVOYS_AWAITED.world();
    EndpointTable more = table("new", 8000, 8005);

    world.accept(with(AFTER, more));

    assertThat(world.envoysHave(more)).isTrue();
    assertThat(world.decidersKnow("new")).isFalse();
    assertThat(world.effects).hasExactlyElementsOfTypes(Effect.PublishEndpoints.class);
    world.finish();
    world.assertIs(with(AFTER, more));
  }

  @Test
  void anEngineThatIsGoneWithTheChangeItselfIsNotChosenWhileEnvoysAreAwaited() {
    World world = new World(BEFORE);
    world.lag = MUTE;

    world.begin(with(AFTER, LEFT));

    assertThat(world.decidersKnow("new")).isFalse();
    assertThat(world.envoysHave(LEFT)).isTrue();
    assertThat(world.decidersHave(LEFT)).isTrue();
  }

  @Test
  void endpointsAloneCostWhatChanges() {
    World world = new World(BEFORE);

    world.begin(with(BEFORE, LEFT));

    assertThat(world.effects)
        .hasExactlyElementsOfTypes(Effect.PublishEndpoints.class, Effect.Tell.class);
    assertThat(((Effect.PublishEndpoints) world.effects.getFirst()).changed()).hasSize(2);
    world.assertIs(with(BEFORE, LEFT));
  }

  @Test
  void aMuteNodeIsWaitedForBrieflyAndSaidToBe() {
    World world = Moment.ENVOYS_AWAITED.world();
    world.effects.clear();

    world.pass(World.WAITS.nodes().minusNanos(1));
    assertThat(world.effects).isEmpty();
    world.pass(Duration.ofNanos(1));
    assertThat(world.effects).containsExactly(new Effect.GoOnWithout(1));
    world.pass(World.WAITS.grace().minusNanos(1));
    assertThat(world.decidersKnow("new")).isFalse();
    world.pass(Duration.ofNanos(1));
    assertThat(world.decidersKnow("new")).isTrue();
  }

  @Test
  void endpointsDoNotMakeTheWaitLonger() {
    World world = Moment.ENVOYS_AWAITED.world();
    Duration step = World.WAITS.nodes().dividedBy(8);
    for (int i = 0; i < 8; i++) {
      world.accept(with(AFTER, table("a", 9000 + i)));
      world.pass(step);
    }

    assertThat(world.effects).contains(new Effect.GoOnWithout(1));
  }

  @Test
  void nodesThatAnswerAreNotWaitedForButTheGraceIsGiven() {
    World world = new World(BEFORE);
    world.begin(AFTER);

    world.pass(World.WAITS.grace().minusNanos(1));
    assertThat(world.decidersKnow("new")).isFalse();
    world.pass(Duration.ofNanos(1));
    assertThat(world.decidersKnow("new")).isTrue();
    world.pass(World.WAITS.grace().minusNanos(1));
    assertThat(world.envoysKnow("gone")).isTrue();
    world.pass(Duration.ofNanos(1));
    assertThat(world.envoysKnow("gone")).isFalse();
    world.assertIs(AFTER);
  }

  @Test
  void whoeverIsMuteWhateverComesNothingLacksItsClusterAndEndpointsAreTheNewest() {
    Laws.hold(
        100,
        40,
        (random, size) -> {
          World world = new World(random(random));
          Compilation newest = world.told;
          for (int i = 0; i < size; i++) {
            world.lag = new Lag(random.nextInt(2), random.nextInt(2));
            if (random.nextInt(3) == 0) {
              newest = random(random);
              world.begin(newest);
            }
            for (String pool : List.of("a", "b", "c", "d")) {
              EndpointTable table = newest.endpoints().get(Compilations.name(pool));
              assertThat(world.decidersKnow(pool) && !world.envoysKnow(pool)).isFalse();
              assertThat(table != null && world.envoysKnow(pool) && !world.envoysHave(table))
                  .isFalse();
              assertThat(table != null && world.decidersKnow(pool) && !world.decidersHave(table))
                  .isFalse();
            }
            world.pass(Duration.ofMillis(random.nextInt(1000)));
          }
          world.finish();
          world.assertIs(newest);
        });
  }

  private static Compilation random(RandomGenerator random) {
    List<String> names = new ArrayList<>(List.of("a", "b", "c", "d"));
    Collections.shuffle(names, Random.from(random));
    List<String> some = names.subList(0, random.nextInt(names.size() + 1));
    Compilation compilation = Compilations.of(8000, some.toArray(String[]::new));
    for (String pool : some) {
      compilation = with(compilation, table(pool, 8000 + random.nextInt(3)));
    }
    return compilation;
  }
}
