package io.ergane.controllers.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One YAML document as a JSON tree, scalars resolved as YAML 1.1 does, which Kubernetes' own reader
 * follows; numbers in base 60 and dates stay text. A key that appears twice is refused.
 */
final class YamlTree {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Tree tree;

  private YamlTree(Tree tree) {
    this.tree = tree;
  }

  /** Null for a document without content. */
  static @Nullable Document read(String text, Tree tree) throws Unreadable {
    Node root;
    try {
      if (text.contains("<<")) {
        refuseCycles(compose(text, false), new HashSet<>(), new HashSet<>());
      }
      root = compose(text, true);
    } catch (MarkedYAMLException e) {
      throw unreadable(e);
    } catch (YAMLException e) {
      throw new Unreadable(0, firstLine(String.valueOf(e.getMessage())));
    } catch (StackOverflowError e) {
      throw new Unreadable(0, "the document is nested too deeply");
    }
    if (root == null || root.getTag().equals(Tag.NULL)) {
      return null;
    }
    JsonNode value = new YamlTree(tree).convert(root, "", 0);
    return tree.document(value, lineOf(root.getStartMark()));
  }

  /** A quote that is never closed is told where it begins: the text's end says nothing about it. */
  private static Unreadable unreadable(MarkedYAMLException e) {
    boolean quoteStaysOpen =
        "while scanning a quoted scalar".equals(e.getContext())
            && "found unexpected end of stream".equals(e.getProblem());
    return quoteStaysOpen
        ? new Unreadable(
            lineOf(e.getContextMark()), "the quoted text that begins here does not end")
        : new Unreadable(lineOf(e.getProblemMark()), problem(String.valueOf(e.getProblem())));
  }

  private static String problem(String said) {
    return said.contains("(TAB)") ? "found a tab where only spaces may indent" : said;
  }

  private static @Nullable Node compose(String text, boolean merge) {
    return new Yaml(new SafeConstructor(options(text, merge))).compose(new StringReader(text));
  }

  /** Merging a mapping into itself would never end. Nodes are compared by identity. */
  private static void refuseCycles(@Nullable Node node, Set<Node> around, Set<Node> sound)
      throws Unreadable {
    if (node == null || node instanceof ScalarNode || sound.contains(node)) {
      return;
    }
    if (!around.add(node)) {
      throw new Unreadable(
          lineOf(node.getStartMark()), "found an alias of a value that contains itself");
    }
    switch (node) {
      case MappingNode mapping -> {
        for (NodeTuple entry : mapping.getValue()) {
          refuseCycles(entry.getKeyNode(), around, sound);
          refuseCycles(entry.getValueNode(), around, sound);
        }
      }
      case SequenceNode sequence -> {
        for (Node item : sequence.getValue()) {
          refuseCycles(item, around, sound);
        }
      }
      default -> {}
    }
    around.remove(node);
    sound.add(node);
  }

  private static LoaderOptions options(String text, boolean merge) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowRecursiveKeys(false);
    options.setMaxAliasesForCollections(50);
    options.setNestingDepthLimit(50);
    options.setMergeOnCompose(merge);
    options.setCodePointLimit(Math.max(1, text.length()));
    return options;
  }

  private static int lineOf(@Nullable Mark mark) {
    return mark == null ? 0 : mark.getLine();
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("no YAML");
  }

  private JsonNode convert(Node node, String path, int depth) throws Unreadable {
    int line = lineOf(node.getStartMark());
    tree.enter(line, depth);
    return switch (node) {
      case MappingNode mapping -> object(mapping, path, depth);
      case SequenceNode sequence -> array(sequence, path, depth);
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new Unreadable(line, "found an alias of a value that contains itself");
    };
  }

  private ObjectNode object(MappingNode mapping, String path, int depth) throws Unreadable {
    ObjectNode object = JSON.objectNode();
    for (NodeTuple entry : mapping.getValue()) {
      int line = lineOf(entry.getKeyNode().getStartMark());
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        throw new Unreadable(line, "found a key that is not plain text");
      }
      String name = key.getValue();
      if (object.has(name)) {
        throw new Unreadable(line, "the key '%s' appears twice in one mapping".formatted(name));
      }
      String at = Tree.child(path, name);
      tree.locate(at, line);
      object.set(name, convert(entry.getValueNode(), at, depth + 1));
    }
    return object;
  }

  private ArrayNode array(SequenceNode sequence, String path, int depth) throws Unreadable {
    ArrayNode array = JSON.arrayNode();
    for (Node item : sequence.getValue()) {
      String at = Tree.child(path, Integer.toString(array.size()));
      tree.locate(at, lineOf(item.getStartMark()));
      array.add(convert(item, at, depth + 1));
    }
    return array;
  }

  private static JsonNode scalar(ScalarNode scalar) {
    Tag tag = scalar.getTag();
    String text = scalar.getValue();
    if (tag.equals(Tag.NULL)) {
      return JSON.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      String word = text.toLowerCase(Locale.ROOT);
      return JSON.booleanNode(word.equals("true") || word.equals("yes") || word.equals("on"));
    }
    if (tag.equals(Tag.INT)) {
      return integer(text);
    }
    return tag.equals(Tag.FLOAT) ? decimal(text) : JSON.textNode(text);
  }

  private static JsonNode integer(String text) {
    String digits = text.replace("_", "");
    boolean negative = digits.startsWith("-");
    String unsigned = negative || digits.startsWith("+") ? digits.substring(1) : digits;
    int radix = 10;
    if (unsigned.startsWith("0x")) {
      radix = 16;
      unsigned = unsigned.substring(2);
    } else if (unsigned.startsWith("0b")) {
      radix = 2;
      unsigned = unsigned.substring(2);
    } else if (unsigned.length() > 1 && unsigned.startsWith("0")) {
      radix = 8;
    }
    try {
      BigInteger value = new BigInteger(unsigned, radix);
      BigInteger signed = negative ? value.negate() : value;
      return signed.bitLength() < 64
          ? JSON.numberNode(signed.longValue())
          : JSON.numberNode(signed);
    } catch (NumberFormatException e) {
      return JSON.textNode(text);
    }
  }

  private static JsonNode decimal(String text) {
    try {
      return JSON.numberNode(new BigDecimal(text.replace("_", "")));
    } catch (NumberFormatException e) {
      return JSON.textNode(text);
    }
  }
}
