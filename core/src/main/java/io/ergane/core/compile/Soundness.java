package io.ergane.core.compile;

import io.ergane.api.Admission;
import io.ergane.api.Finding;
import io.ergane.api.Pod;
import io.ergane.api.Resource;
import io.ergane.core.compile.Observed.Sighting;
import java.util.List;

/** Decides in which form each object is in effect: as it stands, as it last was, or not at all. */
final class Soundness {
  private Soundness() {}

  static void run(Draft draft) {
    draft.elected.forEach(sighting -> judge(sighting, draft));
  }

  private static void judge(Sighting sighting, Draft draft) {
    Resource resource = sighting.resource();
    List<Finding> findings =
        resource == null || !sighting.findings().isEmpty()
            ? sighting.findings()
            : findings(resource);
    if (resource != null && findings.isEmpty()) {
      draft.declare(sighting, resource);
      return;
    }
    Resource lastGood = draft.previous.inForce().get(sighting.subject());
    String consequence =
        lastGood == null
            ? " The object is not in effect."
            : " The object stays in effect as it was before.";
    if (findings.isEmpty()) {
      draft.error(sighting, "refused", "", "could not be read." + consequence);
    }
    for (Finding finding : findings) {
      draft.error(sighting, "refused", finding.field(), sentence(finding.problem()) + consequence);
    }
    if (lastGood == null) {
      draft.withoutForm.add(sighting.subject());
    } else {
      draft.declare(sighting, lastGood);
    }
  }

  private static String sentence(String problem) {
    boolean ended = problem.endsWith(".") || problem.endsWith("?");
    return ended ? problem : problem + ".";
  }

  private static List<Finding> findings(Resource resource) {
    return resource instanceof Pod pod ? PodAddress.findings(pod) : Admission.check(resource);
  }
}
