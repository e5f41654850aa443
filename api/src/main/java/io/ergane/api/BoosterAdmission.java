package io.ergane.api;

import io.ergane.api.ModelBooster.Backend;
import io.ergane.api.ModelBooster.Spec;
import io.ergane.api.ModelBooster.Worker;
import io.ergane.api.ModelBooster.WorkerType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The admission rules of ModelBoosters. */
final class BoosterAdmission {
  private static final String PVC = "pvc://";
  private static final int DEFAULT_PORT = 8000;

  private final Backend backend;
  private final String field;
  private final Findings findings;

  private BoosterAdmission(Backend backend, String field, Findings findings) {
    this.backend = backend;
    this.field = field;
    this.findings = findings;
  }

  static void check(Spec spec, Findings findings) {
    if ((spec.backend() == null) == (spec.backends() == null)) {
      findings.add("spec.backend", Literals.ONE_BACKEND_FIELD);
    }
    if (spec.modelMatch() != null) {
      Admission.checkMatch(spec.modelMatch(), "spec.modelMatch", findings);
    }
    if (spec.backend() != null) {
      new BoosterAdmission(spec.backend(), "spec.backend", findings).check();
    }
    List<Backend> backends = spec.backends() == null ? List.of() : spec.backends();
    for (int i = 0; i < backends.size(); i++) {
      new BoosterAdmission(backends.get(i), "spec.backends[" + i + "]", findings).check();
    }
  }

  private void check() {
    if (backend.replicas() == null && backend.minReplicas() == null) {
      findings.add(field + ".replicas", "Required value: " + Literals.REPLICAS_MISSING);
    }
    for (int i = 0; i < backend.workers().size(); i++) {
      String image = backend.workers().get(i).image();
      if (image != null && image.codePoints().anyMatch(Character::isWhitespace)) {
        findings.add(at(i) + ".image", Found.invalid(image) + "image must not contain white space");
      }
    }
    checkWorkers();
    switch (backend.type()) {
      case VLLM -> checkPorts();
      case VLLM_DISAGGREGATED -> {
        checkPorts();
        new KvTransferAdmission(backend, field, findings).check();
      }
      case SGLANG, MINDIE, MINDIE_DISAGGREGATED -> {}
    }
    if (backend.modelURI().startsWith(PVC)) {
      checkClaim();
    }
  }

  private String at(int worker) {
    return field + ".workers[" + worker + "]";
  }

  private void checkWorkers() {
    Set<WorkerType> accepted =
        switch (backend.type()) {
          case VLLM, SGLANG, MINDIE -> EnumSet.of(WorkerType.SERVER);
          case VLLM_DISAGGREGATED -> EnumSet.of(WorkerType.PREFILL, WorkerType.DECODE);
          case MINDIE_DISAGGREGATED -> EnumSet.complementOf(EnumSet.of(WorkerType.SERVER));
        };
    boolean single = accepted.equals(EnumSet.of(WorkerType.SERVER));
    if (single && backend.workers().size() != 1) {
      findings.add(
          field + ".workers",
          "Invalid value: type %s needs exactly one worker, of type server; found %d"
              .formatted(backend.type().text(), backend.workers().size()));
    }
    for (int i = 0; i < backend.workers().size(); i++) {
      WorkerType type = backend.workers().get(i).type();
      if (!accepted.contains(type)) {
        findings.add(
            at(i) + ".type",
            Found.invalid(type.text())
                + "type %s accepts only workers of type %s"
                    .formatted(
                        backend.type().text(),
                        accepted.stream().map(WorkerType::text).collect(Collectors.joining(", "))));
      }
    }
  }

  private void checkPorts() {
    BigDecimal common = null;
    for (int i = 0; i < backend.workers().size(); i++) {
      Worker worker = backend.workers().get(i);
      boolean serves =
          worker.type() == WorkerType.SERVER
              || worker.type() == WorkerType.PREFILL
              || worker.type() == WorkerType.DECODE;
      if (!serves) {
        continue;
      }
      Object written = worker.config().get("port");
      BigDecimal port = port(written);
      if (port == null) {
        findings.add(
            at(i) + ".config.port",
            Found.invalid(String.valueOf(written)) + "must be a port number from 1 to 65535");
      } else if (common != null && common.compareTo(port) != 0) {
        findings.add(
            at(i) + ".config.port",
            Found.invalid(port) + "all workers must use one port, and another uses " + common);
      } else {
        common = port;
      }
    }
  }

  private static @Nullable BigDecimal port(@Nullable Object written) {
    if (written == null) {
      return BigDecimal.valueOf(DEFAULT_PORT);
    }
    String text = written.toString().strip();
    boolean plausible =
        (written instanceof Number || written instanceof String) && text.length() <= 32;
    try {
      BigDecimal port = plausible ? new BigDecimal(text) : BigDecimal.ZERO;
      boolean inRange =
          port.compareTo(BigDecimal.ONE) >= 0 && port.compareTo(BigDecimal.valueOf(65_535)) <= 0;
      return inRange && port.stripTrailingZeros().scale() <= 0
          ? new BigDecimal(port.intValueExact())
          : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /** A model in a claim is read where the cache is mounted, so both must be the same claim. */
  private void checkClaim() {
    String cache = backend.cacheURI();
    if (cache == null || !cache.startsWith(PVC)) {
      findings.add(
          field + ".cacheURI",
          Found.invalid(String.valueOf(cache)) + "must be pvc:// when modelURI is");
      return;
    }
    String claim = strip(cache.substring(PVC.length()));
    if (claim.isEmpty() || claim.contains("/")) {
      findings.add(
          field + ".cacheURI", Found.invalid(cache) + "must name one claim, as in pvc://models");
      return;
    }
    List<String> segments =
        Arrays.stream(backend.modelURI().substring(PVC.length()).split("/"))
            .filter(segment -> !segment.isEmpty() && !segment.equals("."))
            .toList();
    if (segments.contains("..")) {
      findings.add(
          field + ".modelURI", Found.invalid(backend.modelURI()) + "must not contain \"..\"");
    } else if (segments.isEmpty() || !segments.getFirst().equals(claim)) {
      findings.add(
          field + ".modelURI",
          Found.invalid(backend.modelURI())
              + "must lie in the claim of cacheURI, below pvc:///"
              + Found.clean(claim));
    }
  }

  private static String strip(String path) {
    return path.replaceAll("^/+|/+$", "");
  }
}
