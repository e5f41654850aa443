package io.ergane.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodingLawsTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<JsonNode> SEEDS = Manifests.all().toList();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyMutationEndsInOkBrokenOrIgnored(long seed) {
    Random random = new Random(seed);
    int broken = 0;
    for (int i = 0; i < 5_000; i++) {
      JsonNode mutant = SEEDS.get(random.nextInt(SEEDS.size())).deepCopy();
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        mutate(mutant, random);
      }
      switch (Decoding.decode(mutant)) {
        case Decoded.Ok ok -> {
          assertThat(Admission.check(ok.resource())).doesNotContainNull();
          assertThat(Decoding.decode(Encoding.toJson(ok.resource()))).isEqualTo(ok);
        }
        case Decoded.Broken wrong -> {
          assertThat(wrong.findings()).as("%s", mutant).isNotEmpty();
          assertThat(Decoding.decode(mutant)).isEqualTo(wrong);
          broken++;
        }
        case Decoded.Ignored ignored ->
            assertThat(ignored.apiVersion() + ignored.kind()).isNotNull();
      }
    }
    assertThat(broken).isGreaterThan(500);
  }

  @Test
  void theOrderOfFieldsDoesNotMatter() {
    for (JsonNode seed : SEEDS) {
      assertThat(Decoding.decode(reversed(seed))).isEqualTo(Decoding.decode(seed));
    }
  }

  private static JsonNode reversed(JsonNode node) {
    if (node.isArray()) {
      ArrayNode copy = NODES.arrayNode();
      node.forEach(item -> copy.add(reversed(item)));
      return copy;
    }
    if (!node.isObject()) {
      return node;
    }
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    ObjectNode copy = NODES.objectNode();
    names.reversed().forEach(name -> copy.set(name, reversed(node.get(name))));
    return copy;
  }

  /** Changes one place, anywhere in the tree. */
  private static void mutate(JsonNode root, Random random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(root, containers);
    JsonNode target = containers.get(random.nextInt(containers.size()));
    if (target instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
      switch (random.nextInt(4)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(name + "x", object.path(name));
        default -> object.set(name, anything(random));
      }
    } else if (target instanceof ArrayNode array) {
      array.insert(random.nextInt(array.size() + 1), anything(random));
    }
  }

  private static void collect(JsonNode node, List<JsonNode> into) {
    if (node.isContainerNode()) {
      into.add(node);
      node.forEach(child -> collect(child, into));
    }
  }

  private static JsonNode anything(Random random) {
    List<Supplier<JsonNode>> values =
        List.of(
            NODES::nullNode,
            () -> NODES.booleanNode(random.nextBoolean()),
            () -> NODES.numberNode(random.nextInt(-2, 200)),
            () -> NODES.numberNode(random.nextLong()),
            () -> NODES.numberNode(BigInteger.ONE.shiftLeft(random.nextInt(200))),
            () -> NODES.numberNode(random.nextDouble()),
            () -> NODES.numberNode(Double.NaN),
            () -> NODES.textNode(""),
            () -> NODES.textNode("10s"),
            () -> NODES.textNode("[(\\" + random.nextInt()),
            () -> NODES.textNode("\u0000\ud800\r\n"),
            () -> NODES.textNode("a".repeat(random.nextInt(3000))),
            () -> NODES.binaryNode(new byte[3]),
            NODES::missingNode,
            () -> NODES.pojoNode("pojo"),
            NODES::arrayNode,
            () -> NODES.arrayNode().addNull().add(1).add("x"),
            NODES::objectNode,
            () -> NODES.objectNode().put("x", 1).putNull("y"),
            () -> SEEDS.get(random.nextInt(SEEDS.size())).deepCopy());
    return values.get(random.nextInt(values.size())).get();
  }
}
