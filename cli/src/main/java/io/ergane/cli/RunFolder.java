package io.ergane.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for files of one run, deleted when the run ends. A run that was killed leaves its folder
 * behind; the next one deletes it. That a run lives is told by a lock on a file beside its folder,
 * which the kernel takes back however the process ends. A process leaves its own locks alone: one
 * that is opened and closed again would be lost.
 */
final class RunFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String PREFIX = "run-";
  private static final String LOCK = ".lock";

  /** Process id and start time, which no other process shares. */
  private static final String PROCESS = process(ProcessHandle.current());

  private final Path parent;
  private final Path path;
  private final Path lockFile;
  private final FileChannel lock;

  private RunFolder(Path parent, Path path, Path lockFile, FileChannel lock) {
    this.parent = parent;
    this.path = path;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * A new folder, empty and for this user alone.
   *
   * @param parent of all runs' folders; made when it is missing
   */
  static RunFolder open(Path parent) throws IOException {
    Files.createDirectories(parent);
    deleteAbandoned(parent);
    Path lockFile = Files.createTempFile(parent, PREFIX + PROCESS, LOCK);
    FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.WRITE);
    try {
      lock.lock();
      Path path = Files.createTempDirectory(parent, stem(lockFile) + "-");
      return new RunFolder(parent, path, lockFile, lock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  private static String process(ProcessHandle handle) {
    long started = handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return handle.pid() + "-" + started + "-";
  }

  private static String stem(Path lockFile) {
    String name = lockFile.getFileName().toString();
    return name.substring(0, name.length() - LOCK.length());
  }

  private static void deleteAbandoned(Path parent) throws IOException {
    try (DirectoryStream<Path> lockFiles = Files.newDirectoryStream(parent, PREFIX + "*" + LOCK)) {
      for (Path lockFile : lockFiles) {
        if (stem(lockFile).startsWith(PREFIX + PROCESS)) {
          continue;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            FileLock free = channel.tryLock()) {
          if (free != null) {
            deleteFolders(parent, stem(lockFile) + "-*");
            Files.deleteIfExists(lockFile);
          }
        } catch (NoSuchFileException e) {
          LOG.debug("{} is gone: {}", lockFile, e.toString());
        }
      }
    }
  }

  private static void deleteFolders(Path parent, String names) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, names)) {
      for (Path folder : folders) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
          for (Path file : files) {
            Files.deleteIfExists(file);
          }
        }
        Files.deleteIfExists(folder);
      }
    }
  }

  @Override
  public void close() {
    try (lock) {
      deleteFolders(parent, path.getFileName().toString());
      Files.deleteIfExists(lockFile);
    } catch (IOException e) {
      LOG.debug("{} stays: {}", path, e.toString());
    }
  }
}
