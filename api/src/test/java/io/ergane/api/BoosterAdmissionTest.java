package io.ergane.api;

import static io.ergane.api.Manifests.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoosterAdmissionTest {
  private static String booster(String type, String fields, String... workers) {
    return Manifests.workload(
        "ModelBooster",
        "backend: {name: b, type: %s, modelURI: 'hf://a/b', replicas: 1, workers: [%s]%s}"
            .formatted(type, String.join(", ", workers), fields.isEmpty() ? "" : ", " + fields));
  }

  private static String worker(String type, String fields) {
    return "{type: %s%s}".formatted(type, fields.isEmpty() ? "" : ", " + fields);
  }

  private static String transfer(String type, String connector, String role) {
    return worker(
        type,
        "config: {kv-transfer-config: '{\"kv_connector\": \"%s\", \"kv_role\": \"%s\"}'}"
            .formatted(connector, role));
  }

  @Test
  void replicasAreBounded() {
    String many = booster("vLLM", "", worker("server", ""));

    assertThat(problems(many)).isEmpty();
    assertThat(problems(many.replace("replicas: 1", "replicas: 1000001")))
        .containsExactly("spec.backend.replicas: must be from 0 to 1000000, found 1000001");
    assertThat(problems(many.replace("replicas: 1, ", "")))
        .containsExactly(
            "spec.backend.replicas: Required value: replicas must be set, or minReplicas of older manifests");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "a b", "a\\tb", "engine "})
  void anImageHasNoWhiteSpace(String image) {
    assertThat(problems(booster("vLLM", "", worker("server", "image: \"" + image + "\""))))
        .singleElement()
        .asString()
        .startsWith("spec.backend.workers[0].image: Invalid value: ");
  }

  @ParameterizedTest
  @CsvSource({
    "vLLM, server, true",
    "vLLM, prefill, false",
    "SGLang, server, true",
    "MindIE, decode, false",
    "vLLMDisaggregated, prefill, true",
    "vLLMDisaggregated, server, false",
    "MindIEDisaggregated, coordinator, true",
    "MindIEDisaggregated, server, false"
  })
  void workersFitTheType(String type, String worker, boolean admitted) {
    assertThat(problems(booster(type, "", worker(worker, ""))).isEmpty()).isEqualTo(admitted);
  }

  @Test
  void oneEngineIsOneWorker() {
    assertThat(problems(booster("vLLM", "", worker("server", ""), worker("server", ""))))
        .containsExactly(
            "spec.backend.workers: Invalid value: type vLLM needs exactly one worker, of type server; found 2");
  }

  @ParameterizedTest
  @CsvSource({
    "8000, true",
    "'\"8000\"', true",
    "1, true",
    "65535, true",
    "0, false",
    "65536, false",
    "8000.5, false",
    "http, false",
    "true, false",
    "[8000], false"
  })
  void theEnginePortIsAPort(String port, boolean admitted) {
    var problems = problems(booster("vLLM", "", worker("server", "config: {port: " + port + "}")));

    assertThat(problems.isEmpty()).as("%s", problems).isEqualTo(admitted);
    assertThat(problems)
        .allMatch(each -> each.startsWith("spec.backend.workers[0].config.port: Invalid value: "));
  }

  @Test
  void allEnginesUseOnePort() {
    String first = worker("prefill", "config: {port: 8001}");

    assertThat(
            problems(
                booster(
                    "vLLMDisaggregated", "", first, worker("decode", "config: {port: '8001'}"))))
        .isEmpty();
    assertThat(problems(booster("vLLMDisaggregated", "", first, worker("decode", ""))))
        .containsExactly(
            "spec.backend.workers[1].config.port: Invalid value: 8000: all workers must use one port, and another uses 8001");
  }

  @ParameterizedTest
  @CsvSource({
    "pvc:///models, pvc://models, true",
    "pvc://models/llama, pvc:///models, true",
    "pvc:///models/./a//b, pvc://models/, true",
    "pvc:///models, hostpath:///models, false",
    "pvc:///models, , false",
    "pvc:///models, pvc://models/sub, false",
    "pvc:///models/../other, pvc://models, false",
    "pvc:///modelsX, pvc://models, false",
    "hf://a/b, pvc://models/sub, true"
  })
  void aModelInAClaimLiesInTheClaimOfTheCache(String model, String cache, boolean admitted) {
    String manifest =
        booster("vLLM", cache == null ? "" : "cacheURI: '" + cache + "'", worker("server", ""))
            .replace("hf://a/b", model);

    assertThat(problems(manifest).isEmpty()).as("%s", problems(manifest)).isEqualTo(admitted);
  }

  @ParameterizedTest
  @CsvSource({
    "NixlConnector, kv_both, NixlConnector, kv_consumer, true",
    "MooncakeConnector, kv_producer, MooncakeConnectorV1, kv_both, true",
    "LMCacheConnectorV1, kv_both, LMCacheConnectorV1, kv_both, true",
    "NixlConnector, kv_both, LMCacheConnectorV1, kv_both, false",
    "NixlConnector, kv_consumer, NixlConnector, kv_consumer, false",
    "NixlConnector, kv_both, NixlConnector, kv_producer, false",
    "OtherConnector, kv_both, NixlConnector, kv_both, false"
  })
  void prefillAndDecodeUseOneConnectorInFittingRoles(
      String prefill, String prefillRole, String decode, String decodeRole, boolean admitted) {
    String manifest =
        booster(
            "vLLMDisaggregated",
            "",
            transfer("prefill", prefill, prefillRole),
            transfer("decode", decode, decodeRole));

    assertThat(problems(manifest).isEmpty()).as("%s", problems(manifest)).isEqualTo(admitted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{a: b}", "'[]'", "'{'", "'{} {}'", "7"})
  void aConnectorIsAJsonObjectAsText(String written) {
    String prefill = worker("prefill", "config: {kv-transfer-config: " + written + "}");

    assertThat(
            problems(
                booster(
                    "vLLMDisaggregated",
                    "",
                    prefill,
                    transfer("decode", "NixlConnector", "kv_both"))))
        .singleElement()
        .asString()
        .endsWith("must be text that holds a JSON object");
  }

  @Test
  void bothOrNeitherConfigureTheTransfer() {
    assertThat(
            problems(
                booster(
                    "vLLMDisaggregated",
                    "",
                    transfer("prefill", "NixlConnector", "kv_both"),
                    worker("decode", ""))))
        .containsExactly(
            "spec.backend.workers[1].config.kv-transfer-config: Required value: the prefill and the decode worker must both have it, or neither");
    assertThat(
            problems(
                booster("vLLMDisaggregated", "", worker("prefill", ""), worker("prefill", ""))))
        .anyMatch(each -> each.startsWith("spec.backend.workers[1].type: "));
  }

  @Test
  void oneBackendOrTheOlderListOfThem() {
    String both = Manifests.workload("ModelBooster", "{}");

    assertThat(problems(both))
        .containsExactly("spec.backend: exactly one of backend or backends must be set");
  }
}
