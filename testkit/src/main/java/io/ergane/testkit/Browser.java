package io.ergane.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real browser without a screen; a test that uses it needs {@link Part#BROWSER}. */
public final class Browser {
  private static final long SECONDS = 60;

  private Browser() {}

  /** The document at {@code url} once scripts have drawn it, up to the first script in it. */
  public static String shown(String url) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Path.of("target"), "browser");
    Path page = folder.resolve("page.html");
    Process browser =
        new ProcessBuilder(
                Part.BROWSER.locate().orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile"),
                "--virtual-time-budget=3000",
                "--dump-dom",
                url)
            .redirectOutput(page.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!browser.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the browser did not draw " + url + " in " + SECONDS + " s");
      }
    } finally {
      browser.descendants().forEach(ProcessHandle::destroyForcibly);
      browser.destroyForcibly();
    }
    return Files.readAllLines(page).stream()
        .takeWhile(line -> !line.contains("<script>"))
        .collect(Collectors.joining("\n"));
  }
}
