package io.ergane.xds.rollout;

import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.proto.image.ImageCodec;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import io.ergane.xds.translate.EnvoySettings;
import io.ergane.xds.translate.EnvoyTranslation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout does next. Every effect that is returned must be carried out, in order, before the
 * next call. Confined to one thread.
 *
 * <p>A change of configuration passes through the {@linkplain Stage stages} that it needs, and is
 * carried to its end before the newest is begun; what was accepted between is skipped. Endpoints do
 * not wait: those of pools that are published go out when they are accepted, and every later stage
 * has them too. What the rules refuse is not published: the last configuration that passed stays,
 * with endpoints as they are now.
 */
final class Stages {
  private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();

  /** How far a change is. */
  private enum Stage {
    /** Envoys are told of new pools, and waited for. */
    WIDENING,
    /** They have them; requests whose heads came before get by. */
    WIDE,
    /**
     * The new image is decided by; deciders that still choose pools that are gone are waited for.
     */
    NARROWING,
    /** None chooses them; what was decided before gets by, until Envoys lose them. */
    NARROW
  }

  private final EnvoySettings settings;
  private final Rollout.Waits waits;
  private final Function<ResourceSet, List<Diagnostic>> rules;

  private Compilation deciding;
  private @Nullable ResourceSet published;
  private @Nullable Compilation next;
  private @Nullable Change change;
  private Stage stage = Stage.WIDENING;
  private boolean timed;
  private long untilNanos;
  private List<Diagnostic> breaches = List.of();
  private List<Diagnostic> rejections = List.of();

  /**
   * @param first is decided by already
   * @param rules name what a configuration of Envoys breaches; empty when it may be published
   */
  Stages(
      Compilation first,
      EnvoySettings settings,
      Rollout.Waits waits,
      Function<ResourceSet, List<Diagnostic>> rules) {
    this.deciding = first;
    this.settings = settings;
    this.waits = waits;
    this.rules = rules;
  }

  /** Publishes the first compilation. Called once, before anything else. */
  List<Effect> open() {
    List<Effect> effects = new ArrayList<>();
    ResourceSet envoys = envoys(deciding);
    if (passes(List.of(envoys), effects)) {
      effects.add(publish(both(envoys, deciding)));
    }
    if (!findings().isEmpty()) {
      effects.add(tell());
    }
    return effects;
  }

  /** Takes a compilation, whose endpoints are the newest from now on. */
  List<Effect> accept(Compilation newest) {
    next = newest;
    return change == null ? List.of() : meanwhile(change, newest);
  }

  /** Has what nodes reject among the diagnostics from now on. */
  List<Effect> reject(List<Diagnostic> now) {
    rejections = List.copyOf(now);
    return List.of(tell());
  }

  /** Whether {@link #advance} wants to know how many nodes lag. */
  boolean waitsForNodes() {
    return change != null && (stage == Stage.WIDENING || stage == Stage.NARROWING);
  }

  /** When to call {@link #advance} again if nothing is accepted; the longest time for never. */
  long nanosToNext(long nowNanos) {
    if (change == null) {
      return next == null ? Long.MAX_VALUE : 0;
    }
    if (!timed) {
      return 0;
    }
    long left = Math.max(0, untilNanos - nowNanos);
    return waitsForNodes() ? Math.min(left, LOOK_NANOS) : left;
  }

  /**
   * Goes one step on where it may. Waits begin with the first call in their stage.
   *
   * @param lag behind what is published now; looked at while {@link #waitsForNodes}
   */
  List<Effect> advance(Lag lag, long nowNanos) {
    Change running = change;
    if (running == null) {
      Compilation now = next;
      next = null;
      return now == null ? List.of() : begin(now);
    }
    if (!timed) {
      timed = true;
      untilNanos = nowNanos + (waitsForNodes() ? waits.nodes() : waits.grace()).toNanos();
    }
    boolean over = nowNanos - untilNanos >= 0;
    return switch (stage) {
      case WIDENING -> afterNodes(lag.envoys(), over, Stage.WIDE);
      case WIDE -> over ? decideBy(running) : List.of();
      case NARROWING -> afterNodes(lag.deciders(), over, Stage.NARROW);
      case NARROW -> over ? end(running) : List.of();
    };
  }

  private List<Effect> afterNodes(int behind, boolean over, Stage then) {
    if (behind > 0 && !over) {
      return List.of();
    }
    enter(then);
    return behind == 0 ? List.of() : List.of(new Effect.GoOnWithout(behind));
  }

  private void enter(Stage entered) {
    stage = entered;
    timed = false;
  }

  private List<Effect> begin(Compilation now) {
    List<Effect> effects = new ArrayList<>();
    if (published != null && now.image().equals(deciding.image())) {
      report(List.of(), effects);
      effects.addAll(endpoints(now));
      return effects;
    }
    Compilation before = published == null ? now : deciding;
    Compilation wide = Change.widened(before, now);
    ResourceSet during = envoys(wide);
    boolean drops = wide.image().pools().size() > now.image().pools().size();
    ResourceSet after = drops ? envoys(now) : during;
    if (!passes(drops ? List.of(during, after) : List.of(during), effects)) {
      effects.addAll(endpoints(keepingImage(now)));
      return effects;
    }
    Change begun = new Change(now, wide, both(during, now), both(after, now));
    boolean adds = wide.image().pools().size() > before.image().pools().size();
    effects.addAll(adds ? widen(begun, during) : decideBy(begun));
    return effects;
  }

  /** The image in force with what {@code now} has to say about everything else. */
  private Compilation keepingImage(Compilation now) {
    Compilation kept = Change.refreshed(deciding, now.endpoints());
    return new Compilation(kept.image(), kept.endpoints(), now.diagnostics(), kept.inForce());
  }

  private List<Effect> widen(Change begun, ResourceSet envoys) {
    Compilation before = deciding;
    Compilation still = Change.refreshed(before, begun.target().endpoints());
    List<Effect> effects = new ArrayList<>();
    effects.add(publish(both(envoys, still)));
    deciding = still;
    change = begun;
    enter(Stage.WIDENING);
    if (!still.equals(before)) {
      effects.add(tell());
    }
    return effects;
  }

  private List<Effect> decideBy(Change begun) {
    Effect publish = publish(begun.during());
    deciding = begun.target();
    change = begun.drops() ? begun : null;
    enter(Stage.NARROWING);
    return List.of(publish, tell());
  }

  private List<Effect> end(Change ended) {
    change = null;
    return List.of(publish(ended.after()));
  }

  /** Settled, and the image stays. */
  private List<Effect> endpoints(Compilation now) {
    List<Effect> effects = publishEndpoints(resources(deciding, now));
    deciding = now;
    effects.add(tell());
    return effects;
  }

  /** While a change is under way. */
  private List<Effect> meanwhile(Change running, Compilation newest) {
    List<Resource> changed = resources(running.wide(), newest);
    Compilation before = deciding;
    change = running.following(newest, changed);
    deciding = Change.following(before, newest);
    List<Effect> effects = publishEndpoints(changed);
    if (!deciding.equals(before)) {
      effects.add(tell());
    }
    return effects;
  }

  /** Both forms of the tables of {@code known} that {@code newest} has otherwise. */
  private static List<Resource> resources(Compilation known, Compilation newest) {
    List<Resource> changed = new ArrayList<>();
    known
        .endpoints()
        .forEach((pool, table) -> {
          var now = newest.endpoints().getOrDefault(pool, table);
          if (!now.equals(table)) {
            changed.add(EnvoyTranslation.endpoints(now));
            changed.add(ImageCodec.encode(now));
          }
        });
    return changed;
  }

  private List<Effect> publishEndpoints(List<Resource> changed) {
    List<Effect> effects = new ArrayList<>();
    List<Resource> held = published == null ? List.of() : Change.held(published, changed);
    if (published != null && !held.isEmpty()) {
      published = published.with(held, List.of());
      effects.add(new Effect.PublishEndpoints(held));
    }
    return effects;
  }

  private Effect publish(ResourceSet all) {
    published = all;
    return new Effect.Publish(all);
  }

  private ResourceSet envoys(Compilation compilation) {
    return EnvoyTranslation.translate(compilation.image(), compilation.endpoints(), settings);
  }

  private static ResourceSet both(ResourceSet envoys, Compilation deciders) {
    return envoys.with(ImageCodec.encode(deciders).all(), List.of());
  }

  private boolean passes(Collection<ResourceSet> configurations, List<Effect> effects) {
    report(
        configurations.stream()
            .flatMap(each -> rules.apply(each).stream())
            .distinct()
            .sorted()
            .toList(),
        effects);
    return breaches.isEmpty();
  }

  private void report(List<Diagnostic> found, List<Effect> effects) {
    if (!found.equals(breaches)) {
      breaches = found;
      effects.add(new Effect.Report(found));
    }
  }

  private List<Diagnostic> findings() {
    List<Diagnostic> found = new ArrayList<>(breaches);
    found.addAll(EnvoyTranslation.diagnose(deciding.image(), deciding.endpoints(), settings));
    return found;
  }

  private Effect tell() {
    List<Diagnostic> diagnostics = new ArrayList<>(deciding.diagnostics());
    diagnostics.addAll(rejections);
    diagnostics.addAll(findings());
    return new Effect.Tell(
        new Compilation(deciding.image(), deciding.endpoints(), diagnostics, deciding.inForce()));
  }
}
