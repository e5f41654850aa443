package io.ergane.cli;

import io.ergane.xds.translate.EnvoyBootstrap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Envoy as a child process: its warnings and errors go to our log, one that dies is started
 * again, and it does not outlive this process. Where {@code setpriv} is there (Linux), the kernel
 * sees to that even when this process is killed; it ties the child to the thread that started it,
 * so one thread does that as long as the child is wanted. Where {@code setsid} is there, Ctrl-C of
 * a terminal reaches this process alone, which lets Envoy end its requests first.
 */
final class EnvoyChild implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.ergane.envoy");
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final int KEPT_LINES = 20;
  private static final int LONGEST_LINE = 2_000;
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final long SOUND_SECONDS = 30;
  private static final long TERMINATION_SECONDS = 5;

  private final List<String> command;
  private final Path addressFile;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().name("ergane-envoy").daemon().unstarted(this::run);
  private volatile @Nullable Process process;
  private volatile int starts;

  private EnvoyChild(List<String> command, Path addressFile) {
    this.command = command;
    this.addressFile = addressFile;
  }

  /**
   * Starts Envoy.
   *
   * @param folder private to this start; the bootstrap is written into it
   * @param threads worker threads; 0 for one a processor
   */
  static EnvoyChild start(Path program, Path folder, EnvoyBootstrap bootstrap, int threads)
      throws IOException {
    Path file = Files.writeString(folder.resolve("bootstrap.yaml"), bootstrap.yaml());
    Path addressFile = folder.resolve("admin-address");
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      command.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL", "--"));
    }
    if (Files.isExecutable(SETSID)) {
      command.add(SETSID.toString());
    }
    command.addAll(
        List.of(
            program.toString(),
            "--config-path",
            file.toString(),
            "--admin-address-path",
            addressFile.toString(),
            "--use-dynamic-base-id",
            "--log-level",
            "warning",
            "--log-format",
            "%L %n: %v"));
    if (threads > 0) {
      command.addAll(List.of("--concurrency", Integer.toString(threads)));
    }
    EnvoyChild child = new EnvoyChild(command, addressFile);
    child.thread.start();
    return child;
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      do {
        long begun = System.nanoTime();
        String end = once();
        if (closing.getCount() == 0) {
          return;
        }
        boolean sound = System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(SOUND_SECONDS);
        pause = sound ? FIRST_PAUSE_MILLIS : Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        LOG.error("Envoy {}; it is started again in {} ms", end, pause);
      } while (!closing.await(pause, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      LOG.debug("Envoy is not watched any more");
    }
  }

  /** Runs one process to its end, and says how it ended. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private String once() throws InterruptedException {
    try {
      Files.deleteIfExists(addressFile);
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      process = started;
      starts++;
      if (closing.getCount() == 0) {
        started.destroy();
      }
      relay(started);
      return "ended with status " + started.waitFor();
    } catch (IOException e) {
      keep(String.valueOf(e.getMessage()));
      return "cannot be run: " + e.getMessage();
    }
  }

  private void relay(Process started) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String shown = line.substring(0, Math.min(line.length(), LONGEST_LINE));
        keep(shown);
        log(shown, closing.getCount() == 0);
      }
    }
  }

  /**
   * A line starts with the first letter of its level. Envoy warns of each message of its interface
   * that may still change; we accept a tried range of releases instead.
   */
  private static void log(String line, boolean ends) {
    if (ends || line.contains("marked as work-in-progress")) {
      LOG.debug("{}", line);
    } else if (line.startsWith("E ") || line.startsWith("C ")) {
      LOG.error("{}", line.substring(2));
    } else if (line.startsWith("W ")) {
      LOG.warn("{}", line.substring(2));
    } else {
      LOG.info("{}", line);
    }
  }

  private void keep(String line) {
    synchronized (lastLines) {
      lastLines.addLast(line);
      if (lastLines.size() > KEPT_LINES) {
        lastLines.removeFirst();
      }
    }
  }

  /** The last lines that Envoy wrote. */
  List<String> lastLines() {
    synchronized (lastLines) {
      return List.copyOf(lastLines);
    }
  }

  /** How often it was started. */
  int starts() {
    return starts;
  }

  /** Whether a process runs right now. */
  boolean isAlive() {
    Process now = process;
    return now != null && now.isAlive();
  }

  /** Process id of the one that runs, or ran last; -1 before the first. */
  long pid() {
    Process now = process;
    return now == null ? -1 : now.pid();
  }

  /** {@code host:port} of the admin page; null until Envoy has opened it. */
  @Nullable String adminAddress() {
    try {
      String address = Files.readString(addressFile).strip();
      return address.isEmpty() ? null : address;
    } catch (IOException e) {
      return null;
    }
  }

  /** Stops Envoy: asked first, then killed. */
  @Override
  public void close() {
    closing.countDown();
    Process now = process;
    if (now != null) {
      now.destroy();
      try {
        if (!now.waitFor(TERMINATION_SECONDS, TimeUnit.SECONDS)) {
          now.destroyForcibly();
        }
        thread.join(TimeUnit.SECONDS.toMillis(TERMINATION_SECONDS));
      } catch (InterruptedException e) {
        now.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
