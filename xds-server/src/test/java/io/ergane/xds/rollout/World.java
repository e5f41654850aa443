package io.ergane.xds.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.routing.EndpointTable;
import io.ergane.proto.image.ImageCodec;
import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.translate.EnvoySettings;
import io.ergane.xds.translate.EnvoyTranslation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stages whose effects are written down, under a clock that a test moves. */
final class World {
  static final Rollout.Waits WAITS =
      new Rollout.Waits(Duration.ofSeconds(2), Duration.ofMillis(500));

  final List<Effect> effects = new ArrayList<>();
  final Stages stages;
  ResourceSet published = ResourceSet.EMPTY;
  Compilation told;

  /** Who does not answer. */
  Lag lag = Lag.NONE;

  /** Starts below the overflow of the clock. */
  private long now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();

  World(Compilation first, Function<ResourceSet, List<Diagnostic>> rules) {
    told = first;
    stages = new Stages(first, EnvoySettings.DEFAULT, WAITS, rules);
    apply(stages.open());
  }

  World(Compilation first) {
    this(first, _ -> List.of());
  }

  void accept(Compilation compilation) {
    effects.clear();
    apply(stages.accept(compilation));
  }

  void reject(Diagnostic... rejections) {
    effects.clear();
    apply(stages.reject(List.of(rejections)));
  }

  /** Accepts, and begins what may begin. */
  void begin(Compilation compilation) {
    accept(compilation);
    pass(Duration.ZERO);
  }

  /** Lets time pass as the rollout's thread does. */
  void pass(Duration time) {
    long left = time.toNanos();
    while (true) {
      long next = stages.nanosToNext(now);
      if (next > left) {
        now += left;
        return;
      }
      now += next;
      left -= next;
      apply(stages.advance(lag, now));
    }
  }

  /** Everybody answers, and all waits end. */
  void finish() {
    lag = Lag.NONE;
    while (stages.nanosToNext(now) != Long.MAX_VALUE) {
      pass(Duration.ofSeconds(1));
    }
  }

  private void apply(List<Effect> all) {
    for (Effect effect : all) {
      effects.add(effect);
      switch (effect) {
        case Effect.Publish everything -> published = everything.resources();
        case Effect.PublishEndpoints some -> {
          assertThat(some.changed()).isNotEmpty().allMatch(each -> get(each) != null);
          published = published.with(some.changed(), List.of());
        }
        case Effect.Tell tell -> told = tell.compilation();
        case Effect.GoOnWithout _, Effect.Report _ -> {}
      }
    }
  }

  private @Nullable Resource get(Resource like) {
    return published.get(like.key());
  }

  boolean envoysKnow(String pool) {
    return knows(published, pool);
  }

  static boolean knows(ResourceSet all, String pool) {
    return all.ofType(TypeUrl.CLUSTER).containsKey("pool/default/" + pool);
  }

  /** What was published since the last compilation and has this pool. */
  List<ResourceSet> published(String pool) {
    return effects.stream()
        .filter(Effect.Publish.class::isInstance)
        .map(effect -> ((Effect.Publish) effect).resources())
        .filter(all -> knows(all, pool))
        .toList();
  }

  boolean envoysHave(EndpointTable table) {
    Resource expected = EnvoyTranslation.endpoints(table);
    return expected.equals(get(expected));
  }

  /** Whether a pool may be chosen, here or elsewhere. */
  boolean decidersKnow(String pool) {
    boolean here = told.image().pool(Compilations.name(pool)) != null;
    boolean elsewhere = published.ofType(ImageTypes.POOL).containsKey("default/" + pool);
    assertThat(elsewhere).isEqualTo(here);
    return here;
  }

  boolean decidersHave(EndpointTable table) {
    boolean here = table.equals(told.endpoints().get(table.pool()));
    Resource expected = ImageCodec.encode(table);
    assertThat(expected.equals(get(expected))).isEqualTo(here);
    return here;
  }

  /** Asserts that all is as if nothing but {@code compilation} had ever been. */
  void assertIs(Compilation compilation) {
    assertThat(stages.nanosToNext(now)).isEqualTo(Long.MAX_VALUE);
    assertThat(told.image()).isEqualTo(compilation.image());
    assertThat(told.endpoints()).isEqualTo(compilation.endpoints());
    assertThat(published).isEqualTo(new World(compilation).published);
  }
}
