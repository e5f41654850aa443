package io.ergane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that ends when the JVM does, however that ends. A shell between the two holds the read
 * end of a pipe from the JVM; when the pipe closes it kills the program and removes its folder.
 */
final class Leash implements AutoCloseable {
  private static final int KILLED = 137;

  /** $0 is the folder, the arguments are the command. */
  private static final String SHELL =
      """
      exec 3<&0
      "$@" 3<&- </dev/null &
      program=$!
      (read -r _ <&3; kill -9 $program) 2>/dev/null &
      watch=$!
      wait $program
      status=$?
      kill $watch
      [ $status -ne %d ] || rm -rf "$0"
      exit $status
      """
          .formatted(KILLED);

  private final Path program;
  private final Process shell;

  private Leash(Path program, Process shell) {
    this.program = program;
    this.shell = shell;
  }

  /**
   * Starts a program.
   *
   * @param folder of this program alone or of several; it is gone once they are killed
   * @param log where its output goes
   */
  static Leash start(Path folder, Path log, List<String> program) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", SHELL, folder.toString()));
    command.addAll(program);
    try {
      return new Leash(
          Path.of(program.getFirst()),
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Process id of the program; 0 when it has ended. */
  long pid() {
    return shell
        .children()
        .filter(child -> child.info().command().map(Path::of).filter(this::isProgram).isPresent())
        .mapToLong(ProcessHandle::pid)
        .findFirst()
        .orElse(0);
  }

  private boolean isProgram(Path command) {
    return command.getFileName().equals(program.getFileName());
  }

  boolean isAlive() {
    return shell.isAlive();
  }

  /** Kills the program; returns once it and its folder are gone. */
  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      shell.destroyForcibly();
    }
    shell.onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
