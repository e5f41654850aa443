package io.ergane.controllers;

import static io.ergane.controllers.files.Yaml.all;
import static io.ergane.controllers.files.Yaml.pod;
import static io.ergane.controllers.files.Yaml.route;
import static io.ergane.controllers.files.Yaml.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ergane.controllers.config.RouterConfigurationFile;
import io.ergane.controllers.files.Backends;
import io.ergane.controllers.files.FileLimits;
import io.ergane.controllers.files.ManifestFiles;
import io.ergane.controllers.source.Contents;
import io.ergane.controllers.source.Source;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from files that change to compilations, on real files. */
final class ControlPlaneTest {
  /** Without rechecks in between: what is noticed, the file system has reported. */
  private static final Timing NOTIFIED =
      new Timing(Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofMinutes(5));

  @TempDir Path folder;

  private final List<Compilation> published = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void startGivesTheFirstCompilationAndListenersHaveSeenIt() throws IOException {
    write("a.yaml", all(route("r", "m", "s"), server("s"), pod("p", "s", "10.0.0.1")));

    ControlPlane plane = plane(NOTIFIED, manifests(folder));
    Compilation first = plane.start();

    assertThat(first.image().modelNames()).containsExactly("m");
    assertThat(first.endpoints().values())
        .singleElement()
        .satisfies(table -> assertThat(table.size()).isEqualTo(1));
    assertThat(published).containsExactly(first);
    List<Compilation> late = new ArrayList<>();
    plane.listen(late::add);
    assertThat(late).containsExactly(plane.current());
    assertThatThrownBy(plane::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void filesMayBeCreatedEditedReplacedDeletedAndRestored() throws IOException {
    plane(NOTIFIED, manifests(folder)).start();

    Path path = write("a.yaml", route("r", "created", "s"));
    awaitModels("created");
    write("a.yaml", route("r", "edited", "s"));
    awaitModels("edited");
    Files.writeString(folder.resolve(".a.yaml.swp"), route("r", "replaced", "s"));
    Files.move(folder.resolve(".a.yaml.swp"), path, StandardCopyOption.ATOMIC_MOVE);
    awaitModels("replaced");
    Files.move(path, folder.resolve("a.yaml~"));
    write("a.yaml", route("r", "saved", "s"));
    awaitModels("saved");
    Files.delete(path);
    awaitModels();
    write("a.yaml", route("r", "restored", "s"));
    awaitModels("restored");
  }

  @Test
  void aConfigMapIsSwappedAsAWhole() throws IOException {
    Path mount = Files.createDirectory(folder.resolve("mount"));
    version(mount, "..v1", route("r", "one", "s"));
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..v1"));
    Files.createSymbolicLink(mount.resolve("a.yaml"), Path.of("..data", "a.yaml"));
    plane(NOTIFIED, manifests(mount)).start();
    awaitModels("one");

    version(mount, "..v2", route("r", "two", "s"));
    Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..v2"));
    Files.move(
        mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    awaitModels("two");

    assertThat(published).noneMatch(each -> each.image().modelNames().isEmpty());
  }

  @Test
  void aLinkedDirectoryIsFollowedWhenItsLinkMoves() throws IOException {
    version(folder, "v1", route("r", "one", "s"));
    version(folder, "v2", route("r", "two", "s"));
    Path link = Files.createSymbolicLink(folder.resolve("current"), Path.of("v1"));
    plane(NOTIFIED, manifests(link)).start();
    awaitModels("one");

    Files.createSymbolicLink(folder.resolve("next"), Path.of("v2"));
    Files.move(folder.resolve("next"), link, StandardCopyOption.ATOMIC_MOVE);
    awaitModels("two");
    write("v2/a.yaml", route("r", "three", "s"));
    awaitModels("three");
  }

  @Test
  void aDirectoryThatIsReplacedByAnotherIsWatchedOn() throws IOException {
    version(folder, "config", route("r", "one", "s"));
    plane(NOTIFIED, manifests(folder.resolve("config"))).start();
    awaitModels("one");

    version(folder, "new", route("r", "two", "s"));
    Files.move(folder.resolve("config"), folder.resolve("old"));
    Files.move(folder.resolve("new"), folder.resolve("config"));
    awaitModels("two");
    write("config/a.yaml", route("r", "three", "s"));
    awaitModels("three");
  }

  @Test
  void changesAreNoticedWithoutNotificationToo() throws IOException {
    Path hidden = Files.createDirectory(folder.resolve("elsewhere"));
    write("elsewhere/a.yaml", route("r", "one", "s"));
    Source unwatched = new Unwatched(manifests(hidden));
    plane(new Timing(Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofMillis(20)), unwatched)
        .start();
    awaitModels("one");

    write("elsewhere/a.yaml", route("r", "two", "s"));

    awaitModels("two");
  }

  /** A source on a file system that reports nothing. */
  private record Unwatched(Source source) implements Source {
    @Override
    public io.ergane.controllers.source.Contents read() {
      return source.read();
    }

    @Override
    public boolean stale() {
      return source.stale();
    }
  }

  @Test
  void aBrokenEditChangesNothingAndSaysWhyWithFileAndLine() throws IOException {
    String good = all(server("s"), route("r", "m", "s"), pod("p", "s", "10.0.0.1"));
    Path path = write("a.yaml", good);
    ControlPlane plane = plane(NOTIFIED, manifests(folder));
    Compilation before = plane.start();

    write("a.yaml", good.replace("modelServerName", "modelServrName"));
    awaitError(path + ":16");
    assertThat(plane.current().image()).isSameAs(before.image());
    assertThat(plane.current().endpoints()).isEqualTo(before.endpoints());

    write("a.yaml", good.replace("- targetModels:", "- targetModels: {"));
    await()
        .untilAsserted(() -> assertThat(errors()).anyMatch(each -> each.code().equals("syntax")));
    assertThat(plane.current().image()).isSameAs(before.image());
    assertThat(errors().getFirst().source()).startsWith(path + ":1");

    write("a.yaml", good);
    await().untilAsserted(() -> assertThat(plane.current().diagnostics()).isEmpty());
    assertThat(plane.current().image()).isSameAs(before.image());
  }

  @Test
  void aBurstOfChangesIsCompiledFewTimes() throws IOException {
    Timing patient =
        new Timing(Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofMinutes(5));
    plane(patient, manifests(folder)).start();

    for (int i = 0; i < 100; i++) {
      write("f%02d.yaml".formatted(i), route("r" + i, "m%02d".formatted(i), "s"));
    }

    await().untilAsserted(() -> assertThat(published.getLast().image().modelNames()).hasSize(100));
    assertThat(published).hasSizeLessThan(50);
  }

  @Test
  void aFileThatIsWrittenSlowlyTakesEffectAsAWhole() throws Exception {
    String text = all(route("a", "first", "s"), route("b", "last", "s"));
    Path path = write("a.yaml", text);
    ControlPlane plane = plane(NOTIFIED, manifests(folder));
    plane.start();

    byte[] bytes = text.replace("first", "again").getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(path)) {
      for (byte each : bytes) {
        out.write(each);
        Thread.sleep(2);
      }
    }

    awaitModels("again", "last");
    assertThat(published).allMatch(each -> each.image().registers("last"));
  }

  @Test
  void whatChangesNothingIsNotPublished() throws IOException {
    write("a.yaml", all(route("r", "m", "s")));
    plane(NOTIFIED, manifests(folder)).start();

    write("a.yaml", all(route("r", "m", "s") + "# a remark\n"));
    write("b.txt", "nothing");
    write("a.yaml", all(route("r", "n", "s")));

    awaitModels("n");
    assertThat(published).extracting(each -> each.image().modelNames()).doesNotHaveDuplicates();
  }

  @Test
  void aRouterConfigurationIsReloadedAndABadOneRefused() throws IOException {
    Path config =
        write("router.conf", "scheduler: {plugins: {Filter: {enabled: [lora-affinity]}}}");
    plane(NOTIFIED, RouterConfigurationFile.open(config)).start();
    assertThat(published.getLast().image().profile().filters()).containsExactly("lora-affinity");

    Files.writeString(config, "scheduler:\n  plugins: x\n");
    awaitError(config + ":2");
    assertThat(published.getLast().image().profile().filters()).containsExactly("lora-affinity");
    Files.writeString(config, "scheduler: {plugins: {Filter: {enabled: [least-request]}}}");
    await()
        .untilAsserted(() ->
            assertThat(published.getLast().image().profile().filters())
                .containsExactly("least-request"));
  }

  @Test
  void earlierSourcesAreOlder() throws IOException {
    write("a.yaml", all(route("backend-0-m", "other", "s")));
    Source backends = Source.fixed(Backends.parse(List.of("m=http://127.0.0.1:1")));

    Compilation compiled = plane(NOTIFIED, backends, manifests(folder)).start();

    assertThat(compiled.image().modelNames()).containsExactly("m");
    assertThat(compiled.diagnostics()).extracting(Diagnostic::code).containsExactly("duplicate");
  }

  @Test
  void aListenerThatFailsDoesNotStopTheOthers() throws IOException {
    ControlPlane plane = new ControlPlane(List.of(manifests(folder)), NOTIFIED);
    open.add(plane);
    plane.listen(_ -> {
      throw new IllegalStateException("listener of a test");
    });
    plane.listen(published::add);
    plane.start();

    write("a.yaml", route("r", "m", "s"));

    awaitModels("m");
  }

  @Test
  void closingEndsTheThreads() {
    ControlPlane plane = plane(NOTIFIED, manifests(folder));
    plane.start();

    plane.close();
    plane.close();

    await()
        .untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("ergane-control-plane", "ergane-file-watch"));
    new ControlPlane(List.of(), NOTIFIED).close();
  }

  /** Declares nothing, once it is let. */
  private record Slow(CountDownLatch let) implements Source {
    @Override
    public void start(Runnable changed) throws InterruptedException {
      let.await();
    }

    @Override
    public Contents read() {
      return Contents.of(List.of(), List.of());
    }
  }

  @Test
  void whoBeginsDoesNotWaitForSources() {
    CountDownLatch let = new CountDownLatch(1);
    ControlPlane plane = plane(NOTIFIED, new Slow(let));

    plane.begin();

    assertThat(published).isEmpty();
    assertThat(plane.current()).isSameAs(Compilation.EMPTY);
    let.countDown();
    await().untilAsserted(() -> assertThat(published).hasSize(1));
    assertThatThrownBy(plane::begin).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void oneThatStillWaitsForSourcesCanBeClosed() {
    ControlPlane plane = plane(NOTIFIED, new Slow(new CountDownLatch(1)));
    plane.begin();

    assertThat(Thread.ofVirtual().start(plane::close))
        .satisfies(closing -> assertThat(closing.join(Duration.ofSeconds(4))).isTrue());
    assertThat(published).isEmpty();
  }

  private ControlPlane plane(Timing timing, Source... sources) {
    ControlPlane plane = new ControlPlane(List.of(sources), timing);
    open.add(plane);
    plane.listen(published::add);
    return plane;
  }

  private static ManifestFiles manifests(Path path) {
    return new ManifestFiles(List.of(path), FileLimits.DEFAULT);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static void version(Path parent, String name, String text) throws IOException {
    Files.writeString(Files.createDirectory(parent.resolve(name)).resolve("a.yaml"), text);
  }

  private void awaitModels(String... models) {
    await()
        .untilAsserted(
            () -> assertThat(published.getLast().image().modelNames()).containsExactly(models));
  }

  private void awaitError(String source) {
    await()
        .untilAsserted(() -> assertThat(errors()).extracting(Diagnostic::source).contains(source));
  }

  private List<Diagnostic> errors() {
    return published.getLast().diagnostics().stream()
        .filter(each -> each.severity() == Severity.ERROR)
        .toList();
  }
}
