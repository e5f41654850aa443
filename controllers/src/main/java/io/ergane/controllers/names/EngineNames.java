package io.ergane.controllers.names;

import io.ergane.core.compile.Compilation;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between compilations and those who are told addresses only: looks up the names that
 * engines are declared by, when they appear and then time and again, and hands compilations on with
 * what was found. Of several addresses a name keeps the one in use, else it gets the first: an
 * engine is one however many addresses its name has. A name that is not found any more keeps its
 * last address.
 */
public final class EngineNames implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineNames.class);
  private static final long IDLE_SECONDS = 10;

  private final NameLookup lookup;
  private final NameSettings settings;
  private final Consumer<Compilation> next;
  private final ThreadPoolExecutor threads;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("engine-names").factory());
  private final Object lock = new Object();
  private final NamedEndpoints endpoints = new NamedEndpoints();
  private final Map<String, Found> found = new HashMap<>();
  private final Set<String> pending = new HashSet<>();
  private Set<String> names = Set.of();
  private @Nullable Compilation latest;
  private boolean ticking;
  private boolean holding;
  private boolean closed;

  /**
   * @param next takes compilations; called by one thread at a time
   */
  public EngineNames(NameLookup lookup, NameSettings settings, Consumer<Compilation> next) {
    this.lookup = lookup;
    this.settings = settings;
    this.next = next;
    this.threads =
        new ThreadPoolExecutor(
            settings.concurrent(),
            settings.concurrent(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.waiting()),
            Thread.ofPlatform().daemon().name("engine-name-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Takes a compilation; it is handed on when this returns. Waits for names that it is the first to
   * have, within {@link NameSettings#first}.
   */
  public void accept(Compilation compilation) {
    synchronized (lock) {
      latest = compilation;
      names = endpoints.names(compilation);
      found.keySet().retainAll(names);
      Set<String> fresh = new HashSet<>(names);
      fresh.removeAll(found.keySet());
      if (!fresh.isEmpty() && !closed) {
        fresh.forEach(this::look);
        tick();
        await(fresh);
      }
      handOn();
    }
  }

  private void tick() {
    if (!ticking) {
      ticking = true;
      long pause = settings.interval().toNanos();
      var _ = clock.scheduleWithFixedDelay(this::lookAgain, pause, pause, TimeUnit.NANOSECONDS);
    }
  }

  private void await(Set<String> fresh) {
    long end = System.nanoTime() + settings.first().toNanos();
    holding = true;
    try {
      long left = settings.first().toNanos();
      while (!closed && left > 0 && !found.keySet().containsAll(fresh)) {
        TimeUnit.NANOSECONDS.timedWait(lock, left);
        left = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      holding = false;
    }
  }

  private void handOn() {
    if (latest != null && !closed) {
      next.accept(endpoints.with(latest, found));
    }
  }

  private void lookAgain() {
    synchronized (lock) {
      names.forEach(this::look);
    }
  }

  /** Begins a lookup unless one is under way; one that finds no room waits for the next time. */
  private void look(String name) {
    if (!closed && pending.add(name)) {
      try {
        threads.execute(() -> lookedUp(name, addresses(name)));
      } catch (RejectedExecutionException e) {
        pending.remove(name);
      }
    }
  }

  private List<String> addresses(String name) {
    try {
      return lookup.addresses(name);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is not found", name, e);
      return List.of();
    }
  }

  private void lookedUp(String name, List<String> addresses) {
    synchronized (lock) {
      pending.remove(name);
      if (closed || !names.contains(name)) {
        return;
      }
      Found before = found.get(name);
      Found now = Found.after(before, addresses);
      found.put(name, now);
      lock.notifyAll();
      if (!now.equals(before)) {
        say(name, before, now, addresses.size());
        if (!holding) {
          handOn();
        }
      }
    }
  }

  private static void say(String name, @Nullable Found before, Found now, int addresses) {
    if (now.missed()) {
      LOG.warn(
          "Engine host '{}' is not found; {}",
          name,
          now.address() == null
              ? "no request reaches it until it is"
              : "its last address " + now.address() + " stays in use");
    } else if (before != null || addresses > 1) {
      LOG.info("Engine host '{}' is {}, of {} addresses", name, now.address(), addresses);
    }
  }

  /** Hands nothing on any more, and begins no lookup; one that is under way is not waited for. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    clock.shutdownNow();
    threads.shutdownNow();
  }
}
