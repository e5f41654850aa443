package io.ergane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Envoy that a test runs. Its configuration should have the admin interface and every listener
 * on port 0; {@link #admin} and {@link #listener} say which ports they got. Tests that use it carry
 * {@code @NeedsPart(Part.ENVOY)}.
 */
public final class EnvoyProcess implements AutoCloseable {
  /** Characters of a complaint; the configuration that Envoy repeats comes after them. */
  private static final int COMPLAINT = 700;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path output;
  private final Path adminAddress;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private EnvoyProcess(Process process, Path output, Path adminAddress) {
    this.process = process;
    this.output = output;
    this.adminAddress = adminAddress;
  }

  /**
   * Starts Envoy; returns once its admin interface answers. Dynamic configuration may still be
   * missing then: see {@link #awaitReady}.
   *
   * @param folder an empty one, for the configuration and the output
   * @param flags further ones, such as {@code --log-level debug}
   */
  public static EnvoyProcess start(Path folder, String configuration, String... flags) {
    Path output = folder.resolve("envoy.log");
    Path adminAddress = folder.resolve("admin-address");
    List<String> command = command(folder, configuration);
    command.addAll(
        List.of(
            "--admin-address-path",
            adminAddress.toString(),
            "--concurrency",
            "1",
            "--use-dynamic-base-id",
            "--drain-time-s",
            "1",
            "--parent-shutdown-time-s",
            "2"));
    command.addAll(List.of(flags));
    EnvoyProcess envoy = new EnvoyProcess(run(command, output), output, adminAddress);
    try {
      envoy.await(
          "the admin interface", () -> Files.exists(adminAddress) && !envoy.address().isEmpty());
      return envoy;
    } catch (RuntimeException | Error e) {
      envoy.close();
      throw e;
    }
  }

  /** What Envoy says against a configuration; empty when it takes it. */
  public static String validate(Path folder, String configuration) {
    Path output = folder.resolve("envoy-validate.log");
    List<String> command = command(folder, configuration);
    command.addAll(List.of("--mode", "validate", "--log-level", "error"));
    try {
      Process process = run(command, output);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "no verdict in " + PATIENCE;
      }
      String said = Files.readString(output);
      return process.exitValue() == 0 ? "" : said.substring(0, Math.min(said.length(), COMPLAINT));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Envoy validates", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Path folder, String configuration) {
    Path envoy =
        Part.ENVOY.locate().orElseThrow(() -> new IllegalStateException(Part.ENVOY.missing()));
    Path file = folder.resolve("envoy.yaml");
    try {
      Files.writeString(file, configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ArrayList<>(List.of(envoy.toString(), "-c", file.toString()));
  }

  private static Process run(List<String> command, Path output) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until every listener and cluster of the configuration is there. */
  public void awaitReady() {
    await("readiness", () -> get("/ready").startsWith("LIVE"));
  }

  /** {@code host:port} of the admin interface. */
  public String admin() {
    return address();
  }

  /** The port of a listener. */
  public int listener(String name) {
    Pattern line = Pattern.compile("^" + Pattern.quote(name) + "::.*:(\\d+)$", Pattern.MULTILINE);
    Matcher matcher = line.matcher(get("/listeners"));
    if (!matcher.find()) {
      throw new IllegalStateException("no listener " + name + " in: " + get("/listeners"));
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** The answer of the admin interface to a GET. */
  public String get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).build());
  }

  /** The answer of the admin interface to a POST. */
  public String post(String path) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  /** A counter or gauge, 0 when Envoy has none of that name. */
  public long stat(String name) {
    Matcher matcher =
        Pattern.compile("^" + Pattern.quote(name) + ": (\\d+)$", Pattern.MULTILINE)
            .matcher(get("/stats?filter=^" + name.replace(".", "\\.") + "$"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** What Envoy has logged. */
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends Envoy at once, as a crash would. */
  @Override
  public void close() {
    client.close();
    process.destroyForcibly();
    process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private String address() {
    try {
      return Files.readString(adminAddress).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private URI uri(String path) {
    return URI.create("http://" + address() + path.replace("^", "%5E").replace("\\", "%5C"));
  }

  private String send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking Envoy", e);
    }
  }

  private interface Condition {
    boolean holds();
  }

  private void await(String what, Condition condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(
            "Envoy is not there (waited for " + what + "); it said:\n" + output());
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while Envoy starts", e);
      }
    }
  }
}
