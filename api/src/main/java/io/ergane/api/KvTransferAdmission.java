package io.ergane.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ergane.api.ModelBooster.Backend;
import io.ergane.api.ModelBooster.Worker;
import io.ergane.api.ModelBooster.WorkerType;
import io.ergane.api.ModelServer.KvConnectorType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The admission rules of how vLLM's prefill and decode pods hand over the KV cache: both name the
 * same connector, and each a role that fits it, in the option {@code kv-transfer-config}.
 */
final class KvTransferAdmission {
  private static final String OPTION = "kv-transfer-config";
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  /** ModelServer's connectors by the names of vLLM. */
  private static final Map<String, KvConnectorType> CONNECTORS =
      Map.of(
          "MooncakeConnector", KvConnectorType.MOONCAKE,
          "MooncakeConnectorV1", KvConnectorType.MOONCAKE,
          "NixlConnector", KvConnectorType.NIXL,
          "LMCacheConnectorV1", KvConnectorType.LMCACHE);

  private final Backend backend;
  private final String field;
  private final Findings findings;

  KvTransferAdmission(Backend backend, String field, Findings findings) {
    this.backend = backend;
    this.field = field;
    this.findings = findings;
  }

  void check() {
    int prefill = only(WorkerType.PREFILL);
    int decode = only(WorkerType.DECODE);
    if (prefill < 0 || decode < 0) {
      return;
    }
    boolean first = configures(prefill);
    boolean second = configures(decode);
    KvConnectorType from = first ? connector(prefill, "kv_producer") : null;
    KvConnectorType to = second ? connector(decode, "kv_consumer") : null;
    if (first != second) {
      findings.add(
          at(first ? decode : prefill),
          "Required value: the prefill and the decode worker must both have it, or neither");
    } else if (from != null && to != null && from != to) {
      findings.add(
          at(decode),
          Found.invalid(to.text())
              + "the prefill and the decode worker must use the same kind of connector, and prefill"
              + " uses "
              + from.text());
    }
  }

  private String at(int worker) {
    return field + ".workers[" + worker + "].config." + OPTION;
  }

  private boolean configures(int worker) {
    return backend.workers().get(worker).config().get(OPTION) != null;
  }

  /** The position of the worker of a type; -1 if there is not exactly one. */
  private int only(WorkerType type) {
    List<Worker> workers = backend.workers();
    int found = -1;
    for (int i = 0; i < workers.size(); i++) {
      if (workers.get(i).type() == type) {
        if (found >= 0) {
          findings.add(
              field + ".workers[" + i + "].type",
              "Invalid value: \"%s\": there may be only one such worker".formatted(type.text()));
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  /** The connector that a worker names; null, with a finding, if it is not usable. */
  private @Nullable KvConnectorType connector(int worker, String role) {
    Object written = backend.workers().get(worker).config().get(OPTION);
    JsonNode config = written instanceof String text ? parse(text) : null;
    if (config == null || !config.isObject()) {
      findings.add(
          at(worker),
          Found.invalid(String.valueOf(written)) + "must be text that holds a JSON object");
      return null;
    }
    String name = config.path("kv_connector").asText("");
    KvConnectorType type = CONNECTORS.get(name);
    if (type == null) {
      findings.add(
          at(worker),
          Found.invalid(name)
              + "kv_connector must be MooncakeConnector, MooncakeConnectorV1, NixlConnector or"
              + " LMCacheConnectorV1");
    }
    if (!Set.of(role, "kv_both").contains(config.path("kv_role").asText(""))) {
      findings.add(
          at(worker),
          Found.invalid(config.path("kv_role").asText(""))
              + "kv_role must be %s or kv_both".formatted(role));
    }
    return type;
  }

  private static @Nullable JsonNode parse(String text) {
    try {
      return JSON.readValue(text);
    } catch (JsonProcessingException _) {
      return null;
    }
  }
}
