package io.ergane.controllers.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ergane.api.Admission;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.Finding;
import io.ergane.api.Resource;
import java.util.ArrayList;
import java.util.List;

/** The rules for one object, those of its schema that an API server may not hold included. */
final class Rules {
  /** What speaks against the object, all at once. */
  Verdict check(JsonNode object) {
    return switch (Decoding.decode(named(object))) {
      case Decoded.Ignored _ -> Verdict.ADMITTED;
      case Decoded.Broken broken -> Verdict.refused(Finding.report(broken.findings()));
      case Decoded.Ok ok -> verdict(ok.resource());
    };
  }

  private Verdict verdict(Resource resource) {
    List<Finding> findings = new ArrayList<>(Admission.check(resource));
    return findings.isEmpty() ? Verdict.ADMITTED : Verdict.refused(Finding.report(findings));
  }

  /** The changes that fill in what the user left out. */
  Verdict defaults(JsonNode object) {
    return Verdict.patched("[]");
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
