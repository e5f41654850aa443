package io.ergane.benchmarks.xds;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@link XdsFanoutServer} in a process of its own. */
final class ServerProcess implements AutoCloseable {
  private static final long STOP_SECONDS = 60;

  /** What the JVM chooses for itself in a container of one processor. */
  private static final String COLLECTOR = "-XX:+UseSerialGC";

  private static final Path LAUNCHER = Path.of("ergane");
  private static final Pattern FLAGS = Pattern.compile("(?ms)^jvm_flags=\\(\n(.*?)^\\)$");
  private static final Path DEPLOYMENT = Path.of("deploy", "control-plane.yaml");
  private static final Pattern OPTIONS = Pattern.compile("ERGANE_JVM_OPTS, value: \"([^\"]*)\"");
  private static final Pattern MEMORY = Pattern.compile("limits: \\{memory: (\\d+)Mi}");

  private final Process process;
  private final BufferedReader out;
  private final PrintWriter in;

  private ServerProcess(Process process) {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
  }

  /** Starts a server that makes its start-up cache when it ends. */
  static ServerProcess training(String system, Fleet fleet, Path cache) throws IOException {
    return start(system, fleet, "-XX:AOTCacheOutput=" + cache, Redirect.DISCARD);
  }

  /** Starts a server from its start-up cache. */
  static ServerProcess start(String system, Fleet fleet, Path cache) throws IOException {
    return start(system, fleet, "-XX:AOTCache=" + cache, Redirect.INHERIT);
  }

  private static ServerProcess start(
      String system, Fleet fleet, String cacheOption, Redirect errors) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(COLLECTOR);
    command.addAll(launcherFlags());
    command.addAll(ownOptions(system));
    command.add(cacheOption);
    String extra = System.getenv("XDS_SERVER_JVM");
    if (extra != null) {
      command.addAll(List.of(extra.replace("SYSTEM", system).split(" ")));
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            XdsFanoutServer.class.getName(),
            system,
            Integer.toString(fleet.clusters()),
            Integer.toString(fleet.endpoints())));
    return new ServerProcess(new ProcessBuilder(command).redirectError(errors).start());
  }

  /** What {@code ./ergane} gives the JVM; here it is given to both servers. */
  private static List<String> launcherFlags() throws IOException {
    return find(FLAGS, LAUNCHER)
        .lines()
        .map(String::strip)
        .filter(line -> !line.startsWith("#"))
        .flatMap(line -> Stream.of(line.split(" ")))
        .toList();
  }

  /** For Ergane the options and the memory of its container. */
  private static List<String> ownOptions(String system) throws IOException {
    if (!system.equals("ergane")) {
      return List.of("-Xmx1g", "-XX:NewSize=32m");
    }
    List<String> options = new ArrayList<>();
    options.add("-XX:MaxRAM=" + find(MEMORY, DEPLOYMENT) + "m");
    options.addAll(List.of(find(OPTIONS, DEPLOYMENT).split(" ")));
    return options;
  }

  private static String find(Pattern pattern, Path file) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(file));
    if (!matcher.find()) {
      throw new IllegalStateException(
          "%s has nothing like %s. Run from the repository's root, or mend the pattern."
              .formatted(file, pattern));
    }
    return matcher.group(1);
  }

  void say(String line) {
    in.println(line);
  }

  /** Waits for a line that begins with {@code prefix}; gives what comes after it. */
  String answer(String prefix) throws IOException {
    for (@Nullable String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
    }
    throw new IOException("the server ended");
  }

  double residentMb() throws IOException {
    for (String line : Files.readAllLines(proc("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Integer.parseInt(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    return Double.NaN;
  }

  /** User and system time so far. */
  double cpuMillis() throws IOException {
    String stat = Files.readString(proc("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10.0;
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.outputWriter().close();
    process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
  }
}
