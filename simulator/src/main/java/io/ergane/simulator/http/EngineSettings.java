package io.ergane.simulator.http;

import io.ergane.simulator.model.EngineConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One simulated engine.
 *
 * @param name what its answers and its {@code x-engine} header say
 * @param host address to listen on, such as 127.0.1.1
 * @param port port to listen on, 0 for any free one
 * @param models served model names, at least one; the first is the base model of adapters and the
 *     metrics' label
 * @param loras adapters loaded from the start
 * @param model size and speed
 * @param apiKey bearer token that requests under {@code /v1/} must carry, null for none
 */
public record EngineSettings(
    String name,
    String host,
    int port,
    Flavour flavour,
    List<String> models,
    List<String> loras,
    EngineConfig model,
    @Nullable String apiKey) {
  public EngineSettings {
    models = List.copyOf(models);
    loras = List.copyOf(loras);
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException(
          "an engine's name is letters, digits, '.', '_' and '-', found \"" + name + "\"");
    }
    if (models.isEmpty()) {
      throw new IllegalArgumentException("engine " + name + " serves no model. Name at least one.");
    }
  }

  /** A fast vLLM without adapters on any free port of 127.0.0.1. */
  public static EngineSettings vllm(String name, String... models) {
    return new EngineSettings(
        name, "127.0.0.1", 0, Flavour.VLLM, List.of(models), List.of(), EngineConfig.fast(), null);
  }

  public EngineSettings withAddress(String newHost, int newPort) {
    return new EngineSettings(name, newHost, newPort, flavour, models, loras, model, apiKey);
  }

  public EngineSettings withFlavour(Flavour newFlavour) {
    return new EngineSettings(name, host, port, newFlavour, models, loras, model, apiKey);
  }

  public EngineSettings withLoras(String... adapters) {
    return new EngineSettings(name, host, port, flavour, models, List.of(adapters), model, apiKey);
  }

  public EngineSettings withModel(EngineConfig config) {
    return new EngineSettings(name, host, port, flavour, models, loras, config, apiKey);
  }

  public EngineSettings withApiKey(String key) {
    return new EngineSettings(name, host, port, flavour, models, loras, model, key);
  }
}
