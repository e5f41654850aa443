package io.ergane.controllers.files;

import static io.ergane.controllers.files.Yaml.all;
import static io.ergane.controllers.files.Yaml.pod;
import static io.ergane.controllers.files.Yaml.route;
import static io.ergane.controllers.files.Yaml.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.api.Finding;
import io.ergane.controllers.source.Contents;
import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.ImageCompiler;
import io.ergane.core.compile.Observed;
import io.ergane.core.compile.Observed.Sighting;
import io.ergane.core.routing.SchedulingProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestFilesTest {
  @TempDir Path folder;

  @Test
  void documentsOverSortedPathsAgeInOrderAndNameFileAndLine() throws IOException {
    write("b.yaml", route("third", "m", "s"));
    write("a.yml", all(route("first", "m", "s"), server("second")));

    Contents contents = files(folder).read();

    assertThat(contents.diagnostics()).isEmpty();
    assertThat(contents.sightings())
        .extracting(Sighting::subject)
        .containsExactly(
            "ModelRoute default/first", "ModelServer default/second", "ModelRoute default/third");
    assertThat(contents.sightings()).extracting(Sighting::age).containsExactly(0L, 1L, 2L);
    assertThat(contents.sightings())
        .extracting(Sighting::source)
        .containsExactly(
            folder.resolve("a.yml") + ":1",
            folder.resolve("a.yml") + ":10",
            folder.resolve("b.yaml") + ":1");
  }

  @Test
  void onlyManifestFilesOfADirectoryCount() throws IOException {
    for (String name :
        List.of(".hidden.yaml", ".x.yaml.swp", "x.yaml~", "#x.yaml#", "x.txt", "x.yaml.bak")) {
      write(name, route("unseen", "m", "s"));
    }
    Files.createDirectory(folder.resolve("sub.yaml"));
    write("sub.yaml/x.yaml", route("unseen", "m", "s"));
    write("X.YAML", route("seen", "m", "s"));

    Contents contents = files(folder).read();

    assertThat(subjects(contents)).containsExactly("ModelRoute default/seen");
    assertThat(contents.diagnostics()).isEmpty();
  }

  @Test
  void jsonAndListsAreRead() throws IOException {
    write(
        "a.json",
        """
        {"apiVersion": "v1", "kind": "List", "items": [
          {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}},
          {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "q"}}]}
        """);
    write(
        "b.yaml",
        "apiVersion: v1\nkind: List\nitems:\n- " + pod("r", "s", "10.0.0.1").indent(2).strip());

    Contents contents = files(folder).read();

    assertThat(subjects(contents))
        .containsExactly("Pod default/p", "Pod default/q", "Pod default/r");
    assertThat(contents.sightings().get(1).source()).endsWith("a.json:3");
    assertThat(contents.sightings().get(2).source()).endsWith("b.yaml:4");
  }

  @Test
  void aBrokenObjectNamesTheLineOfItsField() throws IOException {
    Path path = write("a.yaml", all(server("s"), route("r", "m", "s") + "    wieght: 3\n"));

    Sighting broken = files(folder).read().sightings().get(1);

    assertThat(broken.resource()).isNull();
    Finding finding = broken.findings().getFirst();
    assertThat(finding.field()).contains("wieght");
    assertThat(broken.sourceOf(finding.field())).isEqualTo(path + ":17");
  }

  @Test
  void oneDocumentThatCannotBeReadKeepsItsObjectAndLeavesItsNeighboursAlone() throws IOException {
    Path path =
        write("a.yaml", all(server("s"), route("r", "old", "s"), pod("p", "s", "10.0.0.1")));
    ManifestFiles files = files(folder);
    assertThat(subjects(files.read())).hasSize(3);

    write("a.yaml", all(server("s"), "apiVersion: [\n", pod("q", "s", "10.0.0.2")));
    Contents broken = files.read();

    assertThat(subjects(broken))
        .containsExactly(
            "ModelServer default/s", "Pod default/q", "ModelRoute default/r", "Pod default/p");
    Diagnostic diagnostic = broken.diagnostics().getFirst();
    assertThat(diagnostic.severity()).isEqualTo(Severity.ERROR);
    assertThat(diagnostic.source()).startsWith(path + ":");
    assertThat(diagnostic.message())
        .contains("ModelRoute default/r, Pod default/p stay as they were before");
    write("a.yaml", all(server("s"), pod("q", "s", "10.0.0.2")));
    assertThat(subjects(files.read())).containsExactly("ModelServer default/s", "Pod default/q");
  }

  @Test
  void whatWasWrongWithAnObjectEarlierIsNotSaidAgainWhenItCannotBeReadAtAll() throws IOException {
    write("a.yaml", route("r", "m", "s") + "    wieght: 3\n");
    ManifestFiles files = files(folder);
    files.read();

    Path path = write("a.yaml", "apiVersion: [\n");
    Sighting kept = files.read().sightings().getFirst();

    assertThat(kept.subject()).isEqualTo("ModelRoute default/r");
    assertThat(kept.findings()).isEmpty();
    assertThat(kept.source()).startsWith(path + ":");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "apiVersion: networking.serving.volcano.sh/v1alpha1\nkind: ModelRout\nmetadata: {name: r}\n",
        "apiVersion: networking.serving.volcano.sh/v1alpha1\nkind: ModelRoute\nmetadata: {nam: r}\n",
        "kind: ModelRoute\nmetdata: {name: r}\n",
        "just words\n",
        "- a list\n"
      })
  void aDocumentOfWhichTheObjectCannotBeToldKeepsWhatTheFileDeclared(String broken)
      throws IOException {
    write("a.yaml", route("r", "m", "s"));
    ManifestFiles files = files(folder);
    files.read();

    write("a.yaml", broken);
    Contents contents = files.read();

    assertThat(contents.sightings())
        .anyMatch(each -> each.subject().equals("ModelRoute default/r") && each.resource() != null);
    assertThat(contents.diagnostics()).anyMatch(each -> each.severity() == Severity.ERROR);
  }

  @Test
  void anotherApiVersionOfAnObjectIsARefusalOfThatObject() throws IOException {
    write("a.yaml", route("r", "m", "s").replace("v1alpha1", "v2"));

    Sighting sighting = files(folder).read().sightings().getFirst();

    assertThat(sighting.subject()).isEqualTo("ModelRoute default/r");
    assertThat(sighting.findings().getFirst().problem()).contains("v1alpha1");
  }

  @Test
  void foreignKindsAreIgnoredWithANote() throws IOException {
    write("a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n");

    Contents contents = files(folder).read();

    assertThat(contents.sightings()).isEmpty();
    assertThat(contents.diagnostics())
        .singleElement()
        .extracting(Diagnostic::severity)
        .isEqualTo(Severity.INFO);
  }

  @Test
  void workloadKindsAreReadAndDoNotTouchRouting() throws IOException {
    String routing = all(route("r", "m", "s"), server("s"));
    String serving =
        """
        apiVersion: workload.serving.volcano.sh/v1alpha1
        kind: ModelServing
        metadata: {name: sample}
        spec:
          template:
            roles:
            - name: decode
              workerReplicas: 0
              entryTemplate: {spec: {containers: [{name: engine, image: engine}]}}
        """;
    write("a.yaml", routing);
    Compilation without = compiled(files(folder).read());

    write("b.yaml", serving);
    Contents contents = files(folder).read();

    assertThat(subjects(contents)).contains("ModelServing default/sample");
    assertThat(compiled(contents).image()).isEqualTo(without.image());
    assertThat(contents.diagnostics())
        .singleElement()
        .satisfies(note -> assertThat(note.severity()).isEqualTo(Severity.INFO))
        .extracting(Diagnostic::subject)
        .isEqualTo("ModelServing default/sample");
    write("b.yaml", serving.replace("workerReplicas: 0", "workerReplicas: 2"));
    assertThat(compiled(files(folder).read()).diagnostics())
        .anyMatch(each ->
            each.severity() == Severity.ERROR
                && each.source().endsWith("b.yaml:7")
                && each.message().contains("workerTemplate is required"));
  }

  private static Compilation compiled(Contents contents) {
    Observed observed =
        new Observed(contents.sightings(), SchedulingProfile.DEFAULT, contents.diagnostics());
    return ImageCompiler.compile(observed, Compilation.EMPTY);
  }

  @Test
  void aKindOfAnotherGroupIsForeignEvenIfItsNameIsOneOfOurs() throws IOException {
    write(
        "a.yaml",
        "apiVersion: scaling.example.com/v1\nkind: AutoscalingPolicy\nmetadata: {name: a}\n");

    assertThat(files(folder).read().sightings()).isEmpty();
  }

  @Test
  void aFileThatIsBeingWrittenKeepsItsContentUntilItIsLeftAlone() throws IOException {
    Path path = write("a.yaml", all(route("r", "m", "s"), server("s")));
    ManifestFiles files =
        new ManifestFiles(List.of(folder), new FileLimits(4096, 100, 10, Duration.ofMinutes(1)));
    assertThat(files.read().sightings()).hasSize(2);
    assertThat(files.settled()).isTrue();

    write("a.yaml", route("r", "m", "s"));

    assertThat(files.read().sightings()).hasSize(2);
    assertThat(files.settled()).isFalse();
    assertThat(files.stale()).isTrue();
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(120)));
    assertThat(files.read().sightings()).hasSize(1);
    assertThat(files.settled()).isTrue();
  }

  @Test
  void aDeletedFileTakesItsObjectsAlongAndComesBackWithThem() throws IOException {
    Path path = write("a.yaml", route("r", "m", "s"));
    ManifestFiles files = files(folder);
    files.read();

    Files.delete(path);
    assertThat(files.stale()).isTrue();
    assertThat(files.read().sightings()).isEmpty();
    write("a.yaml", route("r", "m", "s"));
    assertThat(files.stale()).isTrue();
    assertThat(subjects(files.read())).containsExactly("ModelRoute default/r");
  }

  @Test
  void aDeletedFileThatWasNamedItselfIsMissedToo() throws IOException {
    Path path = write("a.yaml", route("r", "m", "s"));
    ManifestFiles files = files(path);
    files.read();

    Files.delete(path);
    Contents contents = files.read();

    assertThat(contents.sightings()).isEmpty();
    assertThat(contents.diagnostics()).extracting(Diagnostic::code).containsExactly("file-missing");
  }

  @Test
  void aFileThatCannotBeReadKeepsItsContentAndSaysWhy() throws IOException {
    Path path = write("a.yaml", route("r", "m", "s"));
    ManifestFiles files = files(folder);
    files.read();

    for (Breakage breakage : BREAKAGES) {
      Files.deleteIfExists(path);
      breakage.apply(path);
      Contents contents = files.read();

      assertThat(subjects(contents)).as(breakage.code).containsExactly("ModelRoute default/r");
      assertThat(contents.diagnostics())
          .extracting(Diagnostic::code)
          .containsExactly(breakage.code);
      assertThat(contents.diagnostics().getFirst().message())
          .contains("ModelRoute default/r stays as it was before");
      assertThat(files.read()).isEqualTo(contents);
    }
    Files.delete(path);
    write("a.yaml", route("r", "m", "s"));
    assertThat(files.read().diagnostics()).isEmpty();
  }

  /** Content in Latin-1. */
  private record Breakage(String code, String content) {
    void apply(Path path) throws IOException {
      if (code.equals("file-unreadable")) {
        Files.createSymbolicLink(path, path);
      } else {
        Files.writeString(path, content, StandardCharsets.ISO_8859_1);
      }
    }
  }

  private static final List<Breakage> BREAKAGES =
      List.of(
          new Breakage("file-unreadable", ""),
          new Breakage("file-empty", ""),
          new Breakage("file-not-utf8", "a: \u00ff"),
          new Breakage("file-too-large", "#".repeat(5000)));

  @Test
  void aDirectoryThatCannotBeReadKeepsItsContent() throws IOException {
    Path config = Files.createDirectory(folder.resolve("config"));
    write("config/a.yaml", route("r", "m", "s"));
    ManifestFiles files = files(config);
    files.read();

    Path aside = Files.move(config, folder.resolve("aside"));
    Contents missing = files.read();
    Files.createSymbolicLink(config, config);
    Contents looping = files.read();
    Files.delete(config);
    Files.move(aside, config);

    for (Contents contents : List.of(missing, looping)) {
      assertThat(subjects(contents)).containsExactly("ModelRoute default/r");
      assertThat(contents.diagnostics())
          .extracting(Diagnostic::code)
          .containsExactly("directory-unreadable");
    }
    assertThat(files.stale()).isTrue();
    assertThat(files.read().diagnostics()).isEmpty();
  }

  @Test
  void objectsBeyondTheLimitAreIgnoredAndNamed() throws IOException {
    write("a.yaml", all(route("a", "m", "s"), route("b", "m", "s"), route("c", "m", "s")));
    write("b.yaml", route("d", "m", "s"));

    Contents contents =
        new ManifestFiles(List.of(folder), new FileLimits(4096, 2, 10, Duration.ZERO)).read();

    assertThat(contents.sightings()).hasSize(2);
    assertThat(contents.diagnostics())
        .extracting(Diagnostic::source)
        .containsExactly(folder.resolve("a.yaml") + ":19", folder.resolve("b.yaml") + ":1");
  }

  @Test
  void aFileThatTwoPathsLeadToCountsOnce() throws IOException {
    Path path = write("a.yaml", route("r", "m", "s"));

    assertThat(files(folder, path).read().sightings()).hasSize(1);
  }

  @Test
  void nothingIsStaleWhenNothingChanged() throws IOException {
    Path path = write("a.yaml", route("r", "m", "s"));
    ManifestFiles files = files(folder);
    Contents before = files.read();

    assertThat(files.stale()).isFalse();
    assertThat(files.read()).isEqualTo(before);
    Files.writeString(folder.resolve(".new"), route("r", "n", "s"));
    Files.move(folder.resolve(".new"), path, StandardCopyOption.ATOMIC_MOVE);
    assertThat(files.stale()).isTrue();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static ManifestFiles files(Path... paths) {
    return new ManifestFiles(List.of(paths), new FileLimits(4096, 100, 10, Duration.ZERO));
  }

  private static List<String> subjects(Contents contents) {
    return contents.sightings().stream().map(Sighting::subject).toList();
  }
}
