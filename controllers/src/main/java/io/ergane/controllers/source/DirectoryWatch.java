package io.ergane.controllers.source;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rings a bell when anything changes in one of a set of paths. It misses changes where the
 * operating system does not report them, so whoever uses it looks now and then by itself.
 */
public final class DirectoryWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);
  private static final int MOST_DIRECTORIES = 1_000;

  private final Runnable bell;
  private final @Nullable WatchService service;
  private final @Nullable Thread thread;
  private final Map<Path, Watched> keys = new HashMap<>();
  private volatile WatchedPaths paths = new WatchedPaths();

  /**
   * @param bell called on a thread of this watch; must return at once
   */
  public DirectoryWatch(Runnable bell) {
    this.bell = bell;
    this.service = open();
    this.thread =
        service == null
            ? null
            : Thread.ofPlatform().daemon().name("ergane-file-watch").start(this::run);
  }

  private static @Nullable WatchService open() {
    try {
      return FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      LOG.warn(
          "Changes of files are noticed by looking at them now and then: the system offers no"
              + " notification ({})",
          e.getMessage());
      return null;
    }
  }

  /**
   * Watches these paths and no others. Called by one thread.
   *
   * @return whether something else is watched now than before, so that a change of it may have gone
   *     unnoticed
   */
  public boolean watch(WatchedPaths wanted) {
    if (service == null) {
      return false;
    }
    boolean other = !wanted.same(paths);
    paths = wanted;
    Set<Path> directories = wanted.directories();
    keys.entrySet()
        .removeIf(entry -> {
          boolean keep =
              directories.contains(entry.getKey()) && entry.getValue().stands(entry.getKey());
          if (!keep) {
            entry.getValue().key.cancel();
          }
          return !keep;
        });
    for (Path directory : directories) {
      if (!keys.containsKey(directory) && keys.size() < MOST_DIRECTORIES) {
        other |= register(service, directory);
      }
    }
    return other;
  }

  private boolean register(WatchService watcher, Path directory) {
    try {
      String identity = identity(directory);
      WatchKey key =
          directory.register(
              watcher,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE,
              StandardWatchEventKinds.ENTRY_MODIFY);
      keys.put(directory, new Watched(key, identity));
      return true;
    } catch (IOException | ClosedWatchServiceException e) {
      LOG.debug("Directory {} is looked at now and then only: {}", directory, e.toString());
      return false;
    }
  }

  /** A registered directory; another one may have taken its path since. */
  private record Watched(WatchKey key, String identity) {
    boolean stands(Path directory) {
      try {
        return key.isValid() && identity.equals(DirectoryWatch.identity(directory));
      } catch (IOException e) {
        return false;
      }
    }
  }

  private static String identity(Path directory) throws IOException {
    return String.valueOf(Files.readAttributes(directory, BasicFileAttributes.class).fileKey());
  }

  private void run() {
    if (service == null) {
      return;
    }
    try {
      while (true) {
        WatchKey key = service.take();
        boolean concerns = concerns(key);
        key.reset();
        if (concerns) {
          bell.run();
        }
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      LOG.debug("The watch ends");
    }
  }

  private boolean concerns(WatchKey key) {
    List<WatchEvent<?>> events = key.pollEvents();
    // After the events: who watches other paths from here on reads once more.
    WatchedPaths watched = paths;
    boolean any = !key.isValid();
    for (WatchEvent<?> event : events) {
      // An event without a name tells of others that were lost.
      Path name = event.context() instanceof Path path ? path : null;
      any |= key.watchable() instanceof Path directory && watched.concerns(directory, name);
    }
    return any;
  }

  /** Ends the watch and its thread. */
  @Override
  public void close() {
    if (service == null || thread == null) {
      return;
    }
    try {
      service.close();
    } catch (IOException e) {
      LOG.debug("Closing the watch", e);
    }
    thread.interrupt();
  }
}
