package io.ergane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ergane.testkit.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An {@code ergane} process, its output kept in files. */
public final class CommandLine implements AutoCloseable {
  private static final long SECONDS = 90;

  private final Process process;
  private final Path out;
  private final Path err;

  private CommandLine(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  public static CommandLine start(Path folder, String... arguments) throws IOException {
    return start(folder, Map.of(), arguments);
  }

  /**
   * @param environment beside that of this process
   */
  public static CommandLine start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    Path out = Files.createTempFile(folder, "ergane", ".out");
    Path err = Files.createTempFile(folder, "ergane", ".err");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Djava.io.tmpdir=" + folder,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.ergane.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("ERGANE_LAME_DUCK", "1500ms");
    builder.environment().put("ERGANE_FOLDER", folder.resolve("own").toString());
    builder.environment().putAll(environment);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new CommandLine(builder.start(), out, err);
  }

  /** {@code up} with the Envoy of this machine, on free ports of loopback. */
  static CommandLine upWithEnvoy(Path folder, String backend) throws IOException {
    return start(
        folder,
        "up",
        "--envoy=" + Part.ENVOY.locate().orElseThrow(),
        "--host=127.0.0.1",
        "--port=0",
        "--debug-port=0",
        "--metrics-port=0",
        "--xds-port=0",
        "--ext-proc-port=0",
        "--backend=" + backend);
  }

  /**
   * Waits until the banner of {@code up} is whole and returns the URL of the API, without a path.
   */
  public String awaitUrl() {
    awaitErr("Ctrl-C drains");
    return awaitErr("OpenAI API +(http://\\S+)/v1");
  }

  /** The same of the admin page. */
  String awaitAdmin() {
    awaitErr("Ctrl-C drains");
    return awaitErr("admin +(http://\\S+)");
  }

  /** Runs to its end and returns its exit code. */
  public int exitCode() throws InterruptedException {
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("ended: %s", this).isTrue();
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String out() throws IOException {
    return Files.readString(out);
  }

  public String err() throws IOException {
    return Files.readString(err);
  }

  /** Waits for a line on standard error and returns its first group. */
  public String awaitErr(String expression) {
    Pattern pattern = Pattern.compile(expression);
    await()
        .atMost(SECONDS, TimeUnit.SECONDS)
        .until(() -> pattern.matcher(err()).find() || !process.isAlive());
    try {
      Matcher matcher = pattern.matcher(err());
      assertThat(matcher.find()).as("%s in: %s", expression, this).isTrue();
      return matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Processes that it started and that run. */
  public List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** SIGINT, as Ctrl-C sends it. */
  public void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
  }

  /** SIGKILL; returns once the process is gone, and with it what it held. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public String toString() {
    try {
      return "out: " + out() + "\nerr: " + err();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
