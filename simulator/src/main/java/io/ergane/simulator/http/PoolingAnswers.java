package io.ergane.simulator.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.simulator.model.PseudoTokens;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Answers of the models that generate nothing: embeddings from a hash of the text, ranks from
 * shared words.
 */
final class PoolingAnswers {
  private static final int DIMENSIONS = 8;

  private final EngineCall call;
  private final Answer answer;

  private PoolingAnswers(EngineCall call, Answer answer) {
    this.call = call;
    this.answer = answer;
  }

  static WholeAnswer of(EngineCall call, Answer answer) {
    PoolingAnswers answers = new PoolingAnswers(call, answer);
    return out ->
        write(out, call.api == InferenceApi.RERANK ? answers.ranks() : answers.embeddings());
  }

  private static void write(ByteBuf out, ObjectNode json) {
    out.writeBytes(Reply.json(200, json).body());
  }

  private ObjectNode embeddings() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("id", "embd-" + answer.id).put("object", "list");
    root.put("created", answer.createdSeconds).put("model", call.model);
    ArrayNode data = root.putArray("data");
    for (int i = 0; i < call.itemEnds.size(); i++) {
      ObjectNode entry = data.addObject().put("index", i).put("object", "embedding");
      float[] vector = vector(item(i));
      if (call.base64) {
        entry.put("embedding", base64(vector));
      } else {
        ArrayNode values = entry.putArray("embedding");
        for (float value : vector) {
          values.add(value);
        }
      }
    }
    root.putObject("usage")
        .put("prompt_tokens", answer.promptTokens)
        .put("total_tokens", answer.promptTokens)
        .put("completion_tokens", 0);
    return root;
  }

  private ObjectNode ranks() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("id", "rerank-" + answer.id).put("model", call.model);
    root.putObject("usage").put("total_tokens", answer.promptTokens);
    ArrayNode results = root.putArray("results");
    Set<String> query = words(text(0, call.itemsStart));
    IntStream.range(0, call.itemEnds.size())
        .mapToObj(i -> new Rank(i, score(query, item(i))))
        .sorted(Comparator.comparingDouble(Rank::score).reversed())
        .limit(call.topN == EngineCall.UNSET ? Long.MAX_VALUE : call.topN)
        .forEach(rank -> {
          ObjectNode result = results.addObject().put("index", rank.index());
          result.putObject("document").put("text", item(rank.index()).strip());
          result.put("relevance_score", rank.score());
        });
    return root;
  }

  private record Rank(int index, double score) {}

  /** Share of the query's words that the document has. */
  private static double score(Set<String> query, String document) {
    Set<String> common = words(document);
    common.retainAll(query);
    return query.isEmpty() ? 0 : (double) common.size() / query.size();
  }

  private static Set<String> words(String text) {
    return new HashSet<>(List.of(text.strip().split("\\s+")));
  }

  private String item(int index) {
    int start = index == 0 ? call.itemsStart : call.itemEnds.get(index - 1);
    return text(start, call.itemEnds.get(index));
  }

  private String text(int start, int end) {
    return new String(Arrays.copyOfRange(call.prompt.bytes(), start, end), StandardCharsets.UTF_8);
  }

  private static float[] vector(String text) {
    long bits = PseudoTokens.seed(text);
    float[] vector = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      vector[i] = (byte) (bits >> (8 * i)) / 128f;
    }
    return vector;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : vector) {
      bytes.putFloat(value);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
