package io.ergane.controllers.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.Admission;
import io.ergane.api.AutoscalingDefaults;
import io.ergane.api.AutoscalingPolicyBinding;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.Finding;
import io.ergane.api.ObjectName;
import io.ergane.api.PatchOperation;
import io.ergane.api.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rules for one object, those of its schema that an API server may not hold included. */
final class Rules {
  private final Neighbours neighbours;

  Rules(Neighbours neighbours) {
    this.neighbours = neighbours;
  }

  /**
   * What speaks against the object, all at once. Fields that are unknown here are only warned of:
   * the API server has kept them, so its definition of the kind is a newer one.
   */
  Verdict check(JsonNode object) {
    JsonNode named = named(object);
    return switch (Decoding.decodeStored(named)) {
      case Decoded.Ignored _ -> Verdict.ADMITTED;
      case Decoded.Broken broken -> Verdict.refused(Finding.report(broken.findings()));
      case Decoded.Ok ok -> verdict(ok.resource(), named);
    };
  }

  private Verdict verdict(Resource resource, JsonNode object) {
    List<Finding> findings = new ArrayList<>(Admission.check(resource));
    if (resource instanceof AutoscalingPolicyBinding binding) {
      checkPolicy(binding, findings);
    }
    if (!findings.isEmpty()) {
      return Verdict.refused(Finding.report(findings));
    }
    return Decoding.decode(object) instanceof Decoded.Broken unknown
        ? Verdict.admitted(unknown.findings().stream().map(Finding::toString).toList())
        : Verdict.ADMITTED;
  }

  private void checkPolicy(AutoscalingPolicyBinding binding, List<Finding> findings) {
    ObjectName policy =
        new ObjectName(binding.metadata().namespace(), binding.spec().policyRef().name());
    try {
      if (!neighbours.policyExists(policy)) {
        findings.add(binding.policyMissing());
      }
    } catch (IOException e) {
      findings.add(
          new Finding(
              "spec.PolicyRef",
              "Internal error: AutoscalingPolicy "
                  + policy
                  + " could not be looked up: "
                  + e.getMessage()));
    }
  }

  /** The changes that fill in what the user left out. */
  static Verdict defaults(JsonNode object) {
    boolean paces = object.path("kind").asText().equals("AutoscalingPolicy");
    return Verdict.patched(
        paces ? PatchOperation.toJson(AutoscalingDefaults.patch(object)).toString() : "[]");
  }

  /** An object that is to get a generated name has none yet where objects are changed. */
  private static JsonNode named(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    String prefix = metadata.path("generateName").asText("");
    if (prefix.isEmpty() || metadata.hasNonNull("name")) {
      return object;
    }
    ObjectNode copy = object.deepCopy();
    ((ObjectNode) copy.path("metadata")).put("name", prefix + "xxxxx");
    return copy;
  }
}
