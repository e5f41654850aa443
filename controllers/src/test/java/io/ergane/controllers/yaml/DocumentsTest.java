package io.ergane.controllers.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentsTest {
  private static final int MOST = 10_000;

  @Test
  void documentsCarryTheirLinesInTheFile() {
    List<Parsed> parsed =
        Documents.yaml(
            """
            # comment
            a: 1
            --- # second
            b:
              - c: x
                d: y
            ...
            ---
            e: |
              text
            """,
            MOST);

    assertThat(parsed).hasSize(3);
    assertThat(document(parsed, 0).line()).isEqualTo(2);
    Document second = document(parsed, 1);
    assertThat(second.line()).isEqualTo(4);
    assertThat(second.lines())
        .containsEntry("b", 4)
        .containsEntry("b.0", 5)
        .containsEntry("b.0.d", 6);
    assertThat(second.lineOf("b.0.d.nothing")).isEqualTo(6);
    assertThat(document(parsed, 2).root().path("e").asText()).isEqualTo("text\n");
  }

  @Test
  void aDocumentThatCannotBeReadLeavesItsNeighboursAlone() {
    List<Parsed> parsed = Documents.yaml("a: 1\n---\nb: [\n---\nc: 3\n", MOST);

    assertThat(document(parsed, 0).root().path("a").asInt()).isEqualTo(1);
    assertThat(parsed.get(1)).isInstanceOf(Parsed.Refused.class);
    assertThat(((Parsed.Refused) parsed.get(1)).line()).isBetween(3, 4);
    assertThat(document(parsed, 2).root().path("c").asInt()).isEqualTo(3);
  }

  @Test
  void emptyDocumentsAndDirectivesAreSkipped() {
    assertThat(Documents.yaml("", MOST)).isEmpty();
    assertThat(Documents.yaml("---\n# only words\n---\n", MOST)).isEmpty();
    assertThat(Documents.yaml("%YAML 1.2\n---\na: 1\n", MOST)).hasSize(1);
  }

  @Test
  void scalarsResolveAsInKubernetes() {
    String text = "[1, -2, 0x10, 1.5, true, off, ~, 'yes', 2026-01-01, 8080:80, 1_000]";

    assertThat(document(Documents.yaml(text, MOST), 0).root().toString())
        .isEqualTo("[1,-2,16,1.5,true,false,null,\"yes\",\"2026-01-01\",\"8080:80\",1000]");
  }

  @Test
  void anchorsAndMergeKeysAreResolved() {
    String text = "base: &b {x: 1, y: 2}\nmore:\n  <<: *b\n  y: 3\nagain: *b\n";

    assertThat(document(Documents.yaml(text, MOST), 0).root().toString())
        .isEqualTo(
            "{\"base\":{\"x\":1,\"y\":2},\"more\":{\"y\":3,\"x\":1},\"again\":{\"x\":1,\"y\":2}}");
  }

  @Test
  void aliasBombsAreRefused() {
    String many =
        IntStream.range(1, 10)
            .mapToObj(i -> "a%d: &a%d [%s]".formatted(i, i, "*a%d,".formatted(i - 1).repeat(9)))
            .collect(Collectors.joining("\n", "a0: &a0 [x]\n", "\n"));
    String few =
        IntStream.range(1, 17)
            .mapToObj(i -> "a%d: &a%d [%s]".formatted(i, i, "*a%d,".formatted(i - 1).repeat(3)))
            .collect(Collectors.joining("\n", "a0: &a0 [x]\n", "\n"));

    assertThat(refusal(many)).contains("alias");
    assertThat(refusal(few)).contains("10000 values once aliases are resolved");
    assertThat(refusal("a: &a [*a]")).isNotEmpty();
  }

  @Test
  void hostileNestingIsRefused() {
    assertThat(refusal("[".repeat(100_000))).isNotEmpty();
    assertThat(Documents.json("[".repeat(100_000), MOST))
        .singleElement()
        .isInstanceOf(Parsed.Refused.class);
  }

  @Test
  void aRepeatedKeyIsRefusedWithItsLine() {
    assertThat(Documents.yaml("a: 1\nb: 2\na: 3\n", MOST))
        .containsExactly(new Parsed.Refused(3, "the key 'a' appears twice in one mapping"));
    assertThat(Documents.json("{\"a\": 1,\n \"a\": 2}", MOST))
        .containsExactly(new Parsed.Refused(2, "the key 'a' appears twice in one object"));
  }

  @Test
  void aQuoteThatIsNotClosedIsToldWhereItBegins() {
    assertThat(Documents.yaml("a: 1\n---\nb: 2\nc: \"chat\nd: 3\ne: 4\n", MOST))
        .contains(new Parsed.Refused(4, "the quoted text that begins here does not end"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a: 1\nb:\n\tc: 3\n", "a: 1\nb:\n  - c\n\t- d\n", "a:\n  b: 1\n \tc: 2\n"})
  void aTabThatIndentsIsNamedWithItsLine(String text) {
    long line = text.substring(0, text.indexOf('\t') + 1).lines().count();
    assertThat(Documents.yaml(text, MOST))
        .containsExactly(
            new Parsed.Refused((int) line, "found a tab where only spaces may indent"));
  }

  @Test
  void jsonCarriesLinesToo() {
    List<Parsed> parsed = Documents.json("{\n\t\"a\": {\"b\": [1,\n 2]}}\n{\"c\": \"\\/\"}", MOST);

    assertThat(document(parsed, 0).lines()).containsEntry("a.b.1", 3).containsEntry("a.b", 2);
    assertThat(document(parsed, 1).line()).isEqualTo(4);
    assertThat(document(parsed, 1).root().path("c").asText()).isEqualTo("/");
  }

  @Test
  void itemsOfAListHavePathsOfTheirOwn() {
    Document whole = document(Documents.yaml("items:\n- a: 1\n- a:\n    b: 2\n", MOST), 0);

    Document second = whole.items("items").get(1);

    assertThat(second.line()).isEqualTo(3);
    assertThat(second.lines()).containsEntry("a.b", 4).doesNotContainKey("items");
  }

  private static String refusal(String text) {
    List<Parsed> parsed = Documents.yaml(text, MOST);
    assertThat(parsed).hasSize(1);
    return ((Parsed.Refused) parsed.getFirst()).problem();
  }

  private static Document document(List<Parsed> parsed, int index) {
    return ((Parsed.Read) parsed.get(index)).document();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &a\n  <<: *a\n  b: 1\n",
        "a: &a\n  b: &b {<<: *a}\n",
        "a: &a\n  <<: [*a, *a]\n"
      })
  void aMappingThatIsMergedIntoItselfIsRefused(String text) {
    assertThat(Documents.yaml(text, 1000))
        .singleElement()
        .isInstanceOfSatisfying(
            Parsed.Refused.class,
            refused -> assertThat(refused.toString()).contains("contains itself"));
  }
}
