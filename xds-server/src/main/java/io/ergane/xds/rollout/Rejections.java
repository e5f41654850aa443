package io.ergane.xds.rollout;

import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.proto.image.ImageTypes;
import io.ergane.proto.resource.TypeUrl;
import io.ergane.xds.server.Nack;
import io.ergane.xds.server.NodeStatus;
import io.ergane.xds.server.Subject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What nodes reject, as diagnostics on the objects that caused it: one however many nodes say it.
 */
public final class Rejections {
  private static final String CODE = "rejected-by-node";
  private static final int LONGEST = 600;

  /** The subject where no object is to blame. */
  private static final String WHOLE = "Envoy configuration";

  private static final String MEND_OBJECT = "Put the object right; other objects keep changing.";
  private static final String MEND_OPTIONS =
      "Correct the control plane's options; files that they name are read on the node's machine.";

  /** Kinds of objects by the kinds of resources that are made of them. */
  private static final Map<String, String> KINDS =
      Map.of(
          "pool",
          "ModelServer",
          "route",
          "ModelRoute",
          TypeUrl.shortName(ImageTypes.POOL),
          "ModelServer",
          TypeUrl.shortName(ImageTypes.ENDPOINTS),
          "ModelServer",
          TypeUrl.shortName(ImageTypes.ROUTE),
          "ModelRoute",
          TypeUrl.shortName(ImageTypes.PROVIDER),
          "ExternalModelProvider");

  private Rejections() {}

  private record Reason(String subject, String text) implements Comparable<Reason> {
    @Override
    public int compareTo(Reason other) {
      int c = subject.compareTo(other.subject);
      return c != 0 ? c : text.compareTo(other.text);
    }
  }

  /** Of what nodes reject at this moment, sorted by object; empty when all is well. */
  public static List<Diagnostic> of(List<NodeStatus> nodes) {
    Map<Reason, Set<String>> reasons = new TreeMap<>();
    for (NodeStatus node : nodes) {
      for (NodeStatus.OfType type : node.types()) {
        Nack nack = type.lastNack();
        if (nack != null && !type.rejected().isEmpty()) {
          for (String subject : subjects(type, nack)) {
            reasons
                .computeIfAbsent(
                    new Reason(subject, text(subject, type, nack)), _ -> new TreeSet<>())
                .add(node.id());
          }
        }
      }
    }
    List<Diagnostic> diagnostics = new ArrayList<>();
    reasons.forEach((reason, ids) ->
        diagnostics.add(
            new Diagnostic(
                Severity.ERROR, CODE, reason.subject(), "", named(ids) + " " + reason.text())));
    return diagnostics;
  }

  private static String named(Set<String> ids) {
    String first = ids.iterator().next();
    return ids.size() == 1
        ? "node " + first + " rejects"
        : "node %s and %d more reject".formatted(first, ids.size() - 1);
  }

  private static String text(String subject, NodeStatus.OfType type, Nack nack) {
    String message = nack.message().strip().replaceAll("\\s+", " ");
    String shown =
        message.length() <= LONGEST ? message : message.substring(0, LONGEST) + " (and more)";
    return "%s %s and %s: %s. %s"
        .formatted(
            TypeUrl.shortName(type.type()),
            String.join(", ", type.rejected()),
            type.runs().isEmpty() ? "has none yet" : "keeps what it had",
            shown.endsWith(".") ? shown.substring(0, shown.length() - 1) : shown,
            subject.equals(WHOLE) ? MEND_OPTIONS : MEND_OBJECT);
  }

  private static Set<String> subjects(NodeStatus.OfType type, Nack nack) {
    Set<String> subjects = new LinkedHashSet<>();
    for (Subject subject : nack.subjects()) {
      subjects.add(
          KINDS.getOrDefault(subject.kind(), subject.kind())
              + " "
              + subject.namespace()
              + "/"
              + subject.name());
    }
    String ofType = KINDS.get(TypeUrl.shortName(type.type()));
    if (subjects.isEmpty() && ofType != null && type.type().startsWith(imagePrefix())) {
      type.rejected().forEach(name -> subjects.add(ofType + " " + name));
    }
    if (subjects.isEmpty()) {
      subjects.add(WHOLE);
    }
    return subjects;
  }

  private static String imagePrefix() {
    return ImageTypes.ROUTE.substring(0, ImageTypes.ROUTE.lastIndexOf('.') + 1);
  }
}
