package io.ergane.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.simulator.model.PseudoTokens;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * All endpoints that answer at once: models, health, metrics, tokenizer, adapters, and those of the
 * simulator.
 */
final class EngineEndpoints {
  private final EngineProcess process;

  EngineEndpoints(EngineProcess process) {
    this.process = process;
  }

  Reply answer(HttpMethod method, String path, byte[] body) {
    try {
      if (method.equals(HttpMethod.GET)) {
        return get(path);
      }
      if (method.equals(HttpMethod.POST)) {
        return post(path, body);
      }
      if (method.equals(HttpMethod.DELETE) && path.equals("/sim/faults")) {
        process.fault(Fault.NONE);
        return Reply.json(200, JsonNodeFactory.instance.objectNode());
      }
      return notFound();
    } catch (IOException e) {
      return Reply.error(null, 400, "The body is not usable: it is no JSON object.", null);
    }
  }

  private Reply get(String path) {
    return switch (path) {
      case "/v1/models" -> Reply.json(200, process.served().list(process.startedSeconds()));
      case "/health", "/health_generate", "/ping" -> Reply.text(200, "");
      case "/metrics" ->
          new Reply(
              200,
              "text/plain; version=0.0.4; charset=utf-8",
              MetricsText.of(process).getBytes(StandardCharsets.UTF_8));
      case "/sim/state" -> Reply.json(200, process.state());
      default -> notFound();
    };
  }

  private Reply post(String path, byte[] body) throws IOException {
    boolean vllm = process.settings().flavour() == Flavour.VLLM;
    return switch (path) {
      case "/tokenize" -> tokenize(body);
      case "/detokenize" -> detokenize(object(body), vllm ? "prompt" : "text");
      case "/v1/load_lora_adapter" -> vllm ? loadVllm(object(body)) : notFound();
      case "/v1/unload_lora_adapter" -> vllm ? unloadVllm(object(body)) : notFound();
      case "/load_lora_adapter" -> vllm ? notFound() : loadSglang(object(body));
      case "/unload_lora_adapter" -> vllm ? notFound() : unloadSglang(object(body));
      case "/sim/faults" -> faults(new String(body, StandardCharsets.UTF_8));
      default -> notFound();
    };
  }

  private Reply faults(String text) {
    try {
      process.fault(FaultText.parse(text));
      return Reply.json(200, JsonNodeFactory.instance.objectNode());
    } catch (IllegalArgumentException e) {
      return EngineHandler.badFault(e);
    }
  }

  private Reply tokenize(byte[] body) throws IOException {
    EngineCall call = CallReader.read(InferenceApi.COMPLETIONS, body);
    if (call.model != null && process.served().find(call.model) == null) {
      return Reply.error(null, 404, "The model `" + call.model + "` does not exist.", "model");
    }
    int[] ids = PseudoTokens.encode(call.prompt.bytes(), Math.max(0, call.prompt.length() - 1));
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("count", ids.length).put("max_model_len", process.settings().model().kvTokens());
    ArrayNode tokens = answer.putArray("tokens");
    for (int id : ids) {
      tokens.add(id);
    }
    return Reply.json(200, answer);
  }

  private static Reply detokenize(JsonNode request, String key) {
    JsonNode tokens = request.path("tokens");
    int[] ids = new int[tokens.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = tokens.path(i).asInt();
    }
    String text = new String(PseudoTokens.decode(ids), StandardCharsets.UTF_8);
    return Reply.json(200, JsonNodeFactory.instance.objectNode().put(key, text));
  }

  private Reply loadVllm(JsonNode request) {
    String name = request.path("lora_name").asText();
    String path = request.path("lora_path").asText();
    if (name.isEmpty() || path.isEmpty()) {
      return Reply.error(null, 400, "Both 'lora_name' and 'lora_path' must be provided.", null);
    }
    if (!process.served().load(name, path)) {
      String message = "The lora adapter '" + name + "' has already been loaded.";
      return Reply.error(null, 400, message, null);
    }
    return Reply.text(200, "Success: LoRA adapter '" + name + "' added successfully.");
  }

  private Reply unloadVllm(JsonNode request) {
    String name = request.path("lora_name").asText();
    if (!process.served().unload(name)) {
      return Reply.error(null, 404, "The lora adapter '" + name + "' cannot be found.", null);
    }
    return Reply.text(200, "Success: LoRA adapter '" + name + "' removed successfully.");
  }

  private Reply loadSglang(JsonNode request) {
    String name = request.path("lora_name").asText();
    String path = request.path("lora_path").asText();
    boolean loaded = !name.isEmpty() && !path.isEmpty() && process.served().load(name, path);
    return sglangAdapters(loaded, "Adapter '" + name + "' is loaded already or has no path.");
  }

  private Reply unloadSglang(JsonNode request) {
    String name = request.path("lora_name").asText();
    return sglangAdapters(process.served().unload(name), "No adapter '" + name + "' is loaded.");
  }

  private Reply sglangAdapters(boolean success, String error) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("success", success).put("error_message", success ? "" : error);
    ObjectNode loaded = answer.putObject("loaded_adapters");
    process.served().adapterPaths().forEach(loaded::put);
    return Reply.json(success ? 200 : 400, answer);
  }

  private static JsonNode object(byte[] body) throws IOException {
    JsonNode node = Reply.JSON.readTree(body);
    if (!node.isObject()) {
      throw new IOException("no object");
    }
    return node;
  }

  private static Reply notFound() {
    return Reply.json(404, JsonNodeFactory.instance.objectNode().put("detail", "Not Found"));
  }
}
