package io.ergane.controllers.config;

import io.ergane.controllers.source.Contents;
import io.ergane.controllers.source.FileText;
import io.ergane.controllers.source.FileText.Reading;
import io.ergane.controllers.source.Source;
import io.ergane.controllers.source.WatchedPaths;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A router configuration file, read anew when it changes. One that is refused, or that asks for
 * authentication while it runs without, leaves the configuration before it in force.
 */
public final class RouterConfigurationFile implements Source {
  /** Where Kthena's deployments mount it. */
  public static final Path DEFAULT_PATH = Path.of("/etc/config/routerConfiguration.yaml");

  private static final int MOST_BYTES = 1 << 20;
  private static final Duration SETTLE = Duration.ofMillis(40);

  private final Path path;
  private final FileText text;
  private RouterConfiguration current;
  private List<Diagnostic> diagnostics;
  private boolean settled = true;

  private RouterConfigurationFile(Path path, Duration settle) {
    this.path = path;
    this.text = new FileText(path, MOST_BYTES, settle);
    this.current = RouterConfiguration.DEFAULT;
    this.diagnostics = List.of();
  }

  /**
   * Opens and reads the file.
   *
   * @throws IOException with the problem, and the line where there is one, if the file cannot be
   *     read or is refused
   */
  public static RouterConfigurationFile open(Path path) throws IOException {
    return open(path, SETTLE);
  }

  static RouterConfigurationFile open(Path path, Duration settle) throws IOException {
    RouterConfigurationFile file = new RouterConfigurationFile(path, settle);
    switch (file.text.read()) {
      case Reading.Text(var read) -> {
        RouterConfiguration.Outcome outcome = RouterConfiguration.parse(path.toString(), read);
        file.current = outcome.configuration().orElseThrow(() -> new IOException(errors(outcome)));
        file.diagnostics = outcome.diagnostics();
      }
      case Reading.Unchanged() -> {}
      case Reading.Gone() -> throw new IOException(path + ": there is no such file");
      case Reading.Unsettled() -> throw new IOException(path + ": is being written just now");
      case Reading.Unreadable(_, var problem) -> throw new IOException(path + ": " + problem);
    }
    return file;
  }

  private static String errors(RouterConfiguration.Outcome outcome) {
    return outcome.diagnostics().stream()
        .filter(each -> each.severity() == Severity.ERROR)
        .map(each -> each.source() + ": " + each.message())
        .collect(Collectors.joining("\n"));
  }

  /** The configuration in force. */
  public RouterConfiguration configuration() {
    return current;
  }

  @Override
  public Contents read() {
    Reading reading = text.read();
    settled = !(reading instanceof Reading.Unsettled);
    switch (reading) {
      case Reading.Text(var read) -> replace(RouterConfiguration.parse(path.toString(), read));
      case Reading.Unchanged(), Reading.Unsettled() -> {}
      case Reading.Gone() -> keep("there is no such file");
      case Reading.Unreadable(_, var problem) -> keep(problem);
    }
    return new Contents(List.of(), Optional.of(current.profile()), diagnostics);
  }

  private void replace(RouterConfiguration.Outcome outcome) {
    diagnostics = outcome.diagnostics().stream().map(RouterConfigurationFile::withKept).toList();
    RouterConfiguration read = outcome.configuration().orElse(current);
    if (read.auth() && !current.auth()) {
      keep("asks for auth, which is not built yet; requests would pass without it");
      return;
    }
    current = read;
  }

  private static Diagnostic withKept(Diagnostic each) {
    return each.severity() == Severity.ERROR
        ? new Diagnostic(
            each.severity(), each.code(), each.subject(), each.source(), kept(each.message()))
        : each;
  }

  private void keep(String problem) {
    String name = path.toString();
    diagnostics =
        List.of(
            new Diagnostic(
                Severity.ERROR, "router-configuration", name, name, kept(problem + ".")));
  }

  private static String kept(String message) {
    return message + " The configuration before it stays in force.";
  }

  @Override
  public boolean stale() {
    return text.stale();
  }

  @Override
  public boolean settled() {
    return settled;
  }

  @Override
  public WatchedPaths watched() {
    WatchedPaths watched = new WatchedPaths();
    watched.entry(path);
    return watched;
  }
}
