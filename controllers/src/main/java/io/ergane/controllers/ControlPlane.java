package io.ergane.controllers;

import io.ergane.controllers.source.Contents;
import io.ergane.controllers.source.DirectoryWatch;
import io.ergane.controllers.source.Source;
import io.ergane.controllers.source.WatchedPaths;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.ImageCompiler;
import io.ergane.core.compile.Observed;
import io.ergane.core.compile.Observed.Sighting;
import io.ergane.core.routing.SchedulingProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads sources, compiles what they declare and hands the outcome to listeners, as often as
 * something changes. One thread of its own does all of it; sources are touched by no other.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final List<Source> sources;
  private final Timing timing;
  private final BlockingQueue<Boolean> bell = new ArrayBlockingQueue<>(1);
  private final DirectoryWatch watch = new DirectoryWatch(this::changed);
  private final DiagnosticLog log = new DiagnosticLog();
  private final List<Consumer<Compilation>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Compilation> first = new CompletableFuture<>();
  private final Thread thread =
      Thread.ofPlatform().name("ergane-control-plane").unstarted(this::run);
  private final Object publishing = new Object();
  private volatile @Nullable Compilation current;
  private volatile boolean starting;
  private volatile boolean closed;

  /**
   * @param sources objects of an earlier source count as older than those of a later one; of
   *     several scheduling profiles the last one holds
   */
  public ControlPlane(List<Source> sources, Timing timing) {
    this.sources = List.copyOf(sources);
    this.timing = timing;
  }

  /**
   * Starts the sources and waits for the first compilation, which every listener has seen by then.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  public Compilation start() {
    refuseSecondStart();
    try {
      startSources();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new IllegalStateException("interrupted before anything was read", e);
    }
    thread.start();
    try {
      return first.join();
    } catch (CompletionException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts and waits for nothing: a source, such as a cluster that does not answer yet, may take as
   * long as it needs. Until the first compilation {@link #current} is {@link Compilation#EMPTY}.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  public void begin() {
    refuseSecondStart();
    starting = true;
    thread.start();
  }

  private void refuseSecondStart() {
    if (thread.getState() != Thread.State.NEW || first.isDone()) {
      throw new IllegalStateException("a control plane starts once");
    }
  }

  private void startSources() throws InterruptedException {
    for (Source source : sources) {
      source.start(this::changed);
    }
  }

  /**
   * Registers a listener. It is called for every compilation that differs from the one before, one
   * call at a time, on the control plane's thread; if there is a compilation already, with that, at
   * once and on the caller's thread. It should return soon.
   */
  public void listen(Consumer<Compilation> listener) {
    synchronized (publishing) {
      listeners.add(listener);
      Compilation compilation = current;
      if (compilation != null) {
        tell(listener, compilation);
      }
    }
  }

  /** The compilation in force; {@link Compilation#EMPTY} before the first one. */
  public Compilation current() {
    Compilation compilation = current;
    return compilation == null ? Compilation.EMPTY : compilation;
  }

  /** Has the sources read soon. Any thread may call it. */
  public void changed() {
    var _ = bell.offer(true);
  }

  private void run() {
    try {
      if (starting) {
        startSources();
        starting = false;
      }
      cycle();
      while (!closed) {
        boolean settled = sources.stream().allMatch(Source::settled);
        Duration pause = settled ? timing.recheck() : timing.quiet();
        Boolean rung = bell.poll(pause.toNanos(), TimeUnit.NANOSECONDS);
        if (!closed && (rung != null || isStale())) {
          awaitQuiet();
          cycle();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("The control plane ends");
    } catch (RuntimeException e) {
      LOG.error("What declares routes cannot be read", e);
    } finally {
      first.completeExceptionally(new IllegalStateException("the control plane was closed"));
    }
  }

  private void awaitQuiet() throws InterruptedException {
    long end = System.nanoTime() + timing.longest().toNanos();
    long left = timing.longest().toNanos();
    while (left > 0
        && !closed
        && bell.poll(Math.min(left, timing.quiet().toNanos()), TimeUnit.NANOSECONDS) != null) {
      left = end - System.nanoTime();
    }
  }

  private boolean isStale() {
    try {
      return sources.stream().anyMatch(Source::stale);
    } catch (RuntimeException e) {
      LOG.error("Looking for changes", e);
      return false;
    }
  }

  private void cycle() {
    try {
      Observed observed = observe();
      Compilation compiled = ImageCompiler.compile(observed, current());
      log.update(compiled.diagnostics());
      publish(compiled);
      first.complete(compiled);
    } catch (RuntimeException e) {
      LOG.error("What is declared could not be compiled; what was compiled before stays", e);
      first.completeExceptionally(e);
    }
  }

  private Observed observe() {
    List<Sighting> sightings = new ArrayList<>();
    List<Diagnostic> diagnostics = new ArrayList<>();
    WatchedPaths watched = new WatchedPaths();
    SchedulingProfile profile = SchedulingProfile.DEFAULT;
    long older = 0;
    for (Source source : sources) {
      Contents contents = source.read();
      diagnostics.addAll(contents.diagnostics());
      profile = contents.profile().orElse(profile);
      for (Sighting sighting : contents.sightings()) {
        sightings.add(sighting.aged(older + sighting.age()));
      }
      older += contents.sightings().size();
      watched.addAll(source.watched());
    }
    if (watch.watch(watched)) {
      changed();
    }
    return new Observed(sightings, profile, diagnostics);
  }

  private void publish(Compilation compiled) {
    synchronized (publishing) {
      Compilation before = current;
      current = compiled;
      if (!closed && (before == null || differs(before, compiled))) {
        listeners.forEach(listener -> tell(listener, compiled));
      }
    }
  }

  private static boolean differs(Compilation before, Compilation after) {
    return !before.image().hash().equals(after.image().hash())
        || !before.endpoints().equals(after.endpoints())
        || !before.diagnostics().equals(after.diagnostics());
  }

  private static void tell(Consumer<Compilation> listener, Compilation compilation) {
    try {
      listener.accept(compilation);
    } catch (RuntimeException e) {
      LOG.error("A listener could not take image {}", compilation.image().hash(), e);
    }
  }

  /** Ends the threads and waits for them, a few seconds at most. Listeners are called no more. */
  @Override
  public void close() {
    closed = true;
    watch.close();
    changed();
    if (starting) {
      thread.interrupt();
    }
    first.completeExceptionally(new IllegalStateException("the control plane was closed"));
    try {
      boolean elsewhere = thread.isAlive() && !thread.equals(Thread.currentThread());
      if (elsewhere && !thread.join(CLOSING)) {
        LOG.warn("The control plane did not end within {}; a listener may hold it", CLOSING);
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
