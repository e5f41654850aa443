package io.ergane.controllers.kubernetes;

import io.ergane.api.Admission;
import io.ergane.api.ModelServer;
import io.ergane.api.ObjectName;
import io.ergane.controllers.kubernetes.Cache.State;
import io.ergane.controllers.source.Contents;
import io.ergane.controllers.source.Source;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.Observed.Sighting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routing objects of a cluster: ModelRoutes, ModelServers, ExternalModelProviders and the pods
 * that ModelServers may select. A kind that the cluster does not know has no objects until it does.
 */
public final class KubernetesSource implements Source, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesSource.class);
  private static final List<Kind> KINDS =
      List.of(Kind.MODEL_ROUTE, Kind.MODEL_SERVER, Kind.EXTERNAL_MODEL_PROVIDER);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration SAY = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final List<Reflector<Seen>> objects = new CopyOnWriteArrayList<>();
  private final Map<ObjectName, Map<String, String>> selectors = new HashMap<>();
  private volatile @Nullable PodWatch pods;
  private volatile Runnable bell = () -> {};
  private volatile boolean closed;
  private List<Diagnostic> said = List.of();

  public KubernetesSource(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Starts to follow the cluster and waits until it is known: an image of half a cluster would take
   * routes from those that serve them.
   */
  @Override
  public void start(Runnable changed) throws InterruptedException {
    bell = changed;
    PodWatch watch = new PodWatch(cluster, changed);
    pods = watch;
    for (Kind kind : KINDS) {
      for (Selection selection : cluster.everywhere("")) {
        objects.add(
            cluster.reflect(
                kind, selection, Extract.ofAll(tree -> Seen.of(kind, tree)), this::changed));
      }
    }
    long told = System.nanoTime();
    while (!closed && !complete(watch)) {
      Thread.sleep(POLL);
      if (System.nanoTime() - told > SAY.toNanos()) {
        told = System.nanoTime();
        problems().forEach(problem -> LOG.warn("Waiting for the cluster: {}", problem));
      }
    }
  }

  private boolean complete(PodWatch watch) {
    if (!objects.stream().allMatch(KubernetesSource::known)) {
      return false;
    }
    select(watch);
    return watch.synced();
  }

  /**
   * Whether the absence of objects is told from not knowing. Who may not look does not know; an
   * account that is older than external providers does not need to.
   */
  private static boolean known(Reflector<Seen> cache) {
    return switch (cache.state()) {
      case SYNCED, NO_SUCH_KIND -> true;
      case FORBIDDEN -> cache.kind().equals(Kind.EXTERNAL_MODEL_PROVIDER);
      case WAITING -> false;
    };
  }

  private void changed(ObjectName name, @Nullable Seen before, @Nullable Seen after) {
    Sighting was = before == null ? null : before.sighting();
    Sighting is = after == null ? null : after.sighting();
    Sighting any = is == null ? was : is;
    if (any == null || (was != null && was.equals(is))) {
      return;
    }
    if (any.kind().equals(Kind.MODEL_SERVER.name())) {
      selects(name, is);
    }
    bell.run();
  }

  /** A server that is refused stays in effect as it was, and so does what it selects. */
  private void selects(ObjectName name, @Nullable Sighting server) {
    synchronized (selectors) {
      if (server == null) {
        selectors.remove(name);
      } else if (server.resource() instanceof ModelServer sound
          && Admission.check(sound).isEmpty()) {
        selectors.put(name, sound.spec().workloadSelector().matchLabels());
      }
    }
  }

  private void select(PodWatch watch) {
    synchronized (selectors) {
      watch.select(selectors.values());
    }
  }

  @Override
  public Contents read() {
    List<Sighting> sightings = new ArrayList<>();
    objects.forEach(cache -> cache.all().forEach(seen -> sightings.add(seen.sighting())));
    PodWatch watch = pods;
    if (watch != null) {
      select(watch);
      sightings.addAll(watch.pods());
    }
    said = problems();
    return Contents.of(sightings, said);
  }

  @Override
  public boolean stale() {
    return !problems().equals(said);
  }

  /** The routing object of a kind and name, as stored; null when it is not there. */
  @Nullable Seen find(String kind, ObjectName name) {
    for (Reflector<Seen> cache : objects) {
      Seen seen = cache.kind().name().equals(kind) ? cache.get(name) : null;
      if (seen != null) {
        return seen;
      }
    }
    return null;
  }

  List<Seen> all() {
    List<Seen> all = new ArrayList<>();
    objects.forEach(cache -> all.addAll(cache.all()));
    return all;
  }

  private List<Diagnostic> problems() {
    List<Cache<?>> caches = new ArrayList<>(objects);
    PodWatch watch = pods;
    if (watch != null) {
      caches.addAll(watch.caches());
    }
    List<Diagnostic> problems = new ArrayList<>();
    for (Cache<?> cache : caches) {
      Diagnostic problem = problem(cache);
      if (problem != null && !problems.contains(problem)) {
        problems.add(problem);
      }
    }
    return problems;
  }

  private static @Nullable Diagnostic problem(Cache<?> cache) {
    String found = cache.problem();
    if (cache.state() == State.NO_SUCH_KIND) {
      return problem(
          cache,
          Severity.INFO,
          "kind-missing",
          "the cluster has no definition of this kind; objects are served once it has. Install the"
              + " definitions of deploy/crds.");
    }
    if (found == null) {
      return null;
    }
    return cache.state() == State.FORBIDDEN
        ? problem(
            cache,
            Severity.ERROR,
            "kind-forbidden",
            found + ". Let the account get, list and watch " + cache.kind().plural() + ".")
        : problem(
            cache,
            Severity.WARNING,
            "cluster-unreachable",
            found + "; what was known stays in effect, and changes are not seen until it answers.");
  }

  private static Diagnostic problem(
      Cache<?> cache, Severity severity, String code, String message) {
    return new Diagnostic(severity, code, cache.kind().plural(), "", message);
  }

  @Override
  public void close() {
    closed = true;
    objects.forEach(Reflector::close);
    PodWatch watch = pods;
    if (watch != null) {
      watch.close();
    }
  }
}
