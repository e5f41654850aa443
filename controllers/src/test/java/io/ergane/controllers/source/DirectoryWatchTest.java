package io.ergane.controllers.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryWatchTest {
  @TempDir Path folder;

  @Test
  void anEntryConcernsByItsNameAndADirectoryByAllThatIsInIt() {
    WatchedPaths paths = new WatchedPaths();
    paths.entry(folder.resolve("a.yaml"));
    paths.directory(folder.resolve("manifests"));

    assertThat(paths.directories()).containsExactlyInAnyOrder(folder, folder.resolve("manifests"));
    assertThat(paths.concerns(folder, Path.of("a.yaml"))).isTrue();
    assertThat(paths.concerns(folder, Path.of("server.log"))).isFalse();
    assertThat(paths.concerns(folder, null)).isTrue();
    assertThat(paths.concerns(folder.resolve("manifests"), Path.of("b.yaml"))).isTrue();
    assertThat(paths.concerns(folder.resolve("other"), Path.of("a.yaml"))).isFalse();
  }

  @Test
  void besideASymbolicLinkEveryEntryConcerns() throws IOException {
    Files.createDirectory(folder.resolve("..data"));
    Path link = Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data/a.yaml"));
    WatchedPaths paths = new WatchedPaths();
    paths.entry(link);

    assertThat(paths.concerns(folder, Path.of("..data"))).isTrue();
  }

  @Test
  void whatALinkLeadsToConcernsToo() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path target = Files.writeString(elsewhere.resolve("b.yaml"), "");
    WatchedPaths paths = new WatchedPaths();
    paths.entry(Files.createSymbolicLink(folder.resolve("a.yaml"), target));

    assertThat(paths.concerns(elsewhere, Path.of("b.yaml"))).isTrue();
    assertThat(paths.concerns(elsewhere, Path.of("server.log"))).isFalse();
  }

  @Test
  void aDirectoryConcernsByWhicheverPathItIsNamed() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    WatchedPaths paths = new WatchedPaths();
    paths.directory(link);
    paths.entry(link.resolve("a.yaml"));

    assertThat(paths.directories()).containsExactly(real);
    assertThat(paths.concerns(real, Path.of("b.yaml"))).isTrue();
  }

  @Test
  void whoWatchesMoreOfADirectoryIsToldThatAChangeMayHaveGoneUnnoticed() {
    try (DirectoryWatch watch = new DirectoryWatch(() -> {})) {
      WatchedPaths one = new WatchedPaths();
      one.entry(folder.resolve("a.yaml"));
      WatchedPaths two = new WatchedPaths();
      two.addAll(one);
      two.entry(folder.resolve("b.yaml"));

      assertThat(watch.watch(one)).isTrue();
      assertThat(watch.watch(one)).isFalse();
      assertThat(watch.watch(two)).isTrue();
      assertThat(watch.watch(two)).isFalse();
    }
  }

  @Test
  void sourcesThatShareADirectoryKeepTheirOwnEntries() {
    WatchedPaths first = new WatchedPaths();
    first.entry(folder.resolve("a.yaml"));
    WatchedPaths second = new WatchedPaths();
    second.entry(folder.resolve("b.yaml"));
    WatchedPaths both = new WatchedPaths();
    both.addAll(first);
    both.addAll(second);

    assertThat(both.concerns(folder, Path.of("a.yaml"))).isTrue();
    assertThat(both.concerns(folder, Path.of("b.yaml"))).isTrue();
    assertThat(first.concerns(folder, Path.of("b.yaml"))).isFalse();
    second.directory(folder);
    both.addAll(second);
    assertThat(both.concerns(folder, Path.of("c.yaml"))).isTrue();
  }

  @Test
  void aLogThatGrowsBesideAManifestRingsNoBell() throws IOException {
    AtomicInteger rings = new AtomicInteger();
    AtomicInteger ringsOfAll = new AtomicInteger();
    WatchedPaths manifest = new WatchedPaths();
    manifest.entry(folder.resolve("a.yaml"));
    WatchedPaths all = new WatchedPaths();
    all.directory(folder);
    try (DirectoryWatch one = new DirectoryWatch(rings::incrementAndGet);
        DirectoryWatch other = new DirectoryWatch(ringsOfAll::incrementAndGet)) {
      assertThat(one.watch(manifest)).isTrue();
      other.watch(all);

      Files.writeString(folder.resolve("server.log"), "a line\n");
      await().until(() -> ringsOfAll.get() > 0);
      assertThat(rings).hasValue(0);

      Files.writeString(folder.resolve("a.yaml"), "kind: ModelRoute\n");
      await().until(() -> rings.get() > 0);
    }
  }
}
