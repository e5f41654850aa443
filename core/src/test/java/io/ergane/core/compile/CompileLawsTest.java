package io.ergane.core.compile;

import static io.ergane.core.compile.Manifests.observed;
import static io.ergane.core.compile.Manifests.pod;
import static io.ergane.core.compile.Manifests.readyPod;
import static io.ergane.core.compile.Manifests.route;
import static io.ergane.core.compile.Manifests.server;
import static io.ergane.core.compile.Manifests.simpleRoute;
import static org.assertj.core.api.Assertions.assertThat;

import io.ergane.core.compile.Observed.Sighting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every set of declared objects; sets are drawn from a seed. */
final class CompileLawsTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theOrderOfInputsDoesNotMatter(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      Compilation before = compile(draw(random), Compilation.EMPTY);
      List<Sighting> sightings = draw(random);
      Compilation expected = compile(sightings, before);
      List<Sighting> shuffled = new ArrayList<>(sightings);
      Collections.shuffle(shuffled, random);

      Compilation actual = compile(shuffled, before);

      assertThat(actual).isEqualTo(expected);
      assertThat(actual.image().toString()).isEqualTo(expected.image().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void removingAnObjectAndAddingItBackIsIdentity(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      List<Sighting> sound = draw(random).stream().filter(s -> s.resource() != null).toList();
      Compilation before = compile(sound, Compilation.EMPTY);
      List<Sighting> fewer = new ArrayList<>(sound);
      fewer.remove(random.nextInt(fewer.size()));

      Compilation after = compile(sound, compile(fewer, before));

      assertThat(after.image().hash()).isEqualTo(before.image().hash());
      assertThat(after.endpoints()).isEqualTo(before.endpoints());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void compilingTheSameAgainChangesNothingAndKeepsIdentity(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      List<Sighting> sightings = draw(random);
      Compilation first = compile(sightings, Compilation.EMPTY);

      Compilation second = compile(sightings, first);

      assertThat(second.image()).isSameAs(first.image());
      first
          .endpoints()
          .forEach((pool, table) -> assertThat(second.endpoints().get(pool)).isSameAs(table));
      assertThat(second.inForce()).isEqualTo(first.inForce());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyDiagnosticNamesAnObjectThatWasObserved(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      List<Sighting> sightings = draw(random);
      Set<String> subjects = sightings.stream().map(Sighting::subject).collect(Collectors.toSet());
      Set<String> sources = sightings.stream().map(Sighting::source).collect(Collectors.toSet());

      List<Diagnostic> diagnostics = compile(sightings, Compilation.EMPTY).diagnostics();

      assertThat(diagnostics).extracting(Diagnostic::subject).isSubsetOf(subjects);
      assertThat(diagnostics).extracting(Diagnostic::source).isSubsetOf(sources);
    }
  }

  private static Compilation compile(List<Sighting> sightings, Compilation previous) {
    return ImageCompiler.compile(observed(sightings), previous);
  }

  /** Twenty objects of few names and ages, so that they collide; about a sixth are broken. */
  private static List<Sighting> draw(Random random) {
    List<Sighting> sightings = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      long age = random.nextInt(6);
      String name = "n" + random.nextInt(4);
      String other = "n" + random.nextInt(4);
      sightings.add(
          switch (random.nextInt(6)) {
            case 0 -> simpleRoute(age, name, "m" + random.nextInt(2), other);
            case 1 -> server(age, name, random.nextBoolean() ? "" : ", model: '" + other + "'");
            case 2, 3 -> readyPod(age, name, other, "10.0.0." + random.nextInt(4));
            case 4 -> pod(age, name, other, "{podIP: '10.0.0.9', phase: 'Pending'}");
            default ->
                random.nextBoolean()
                    ? route(age, name, "{modelName: 'm', rules: [{targetModels: []}]}")
                    : server(age, name, ", modle: 'x'");
          });
    }
    return sightings;
  }
}
