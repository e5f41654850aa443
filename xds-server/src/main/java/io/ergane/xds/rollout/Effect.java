package io.ergane.xds.rollout;

import io.ergane.core.compile.Compilation;
import io.ergane.core.compile.Diagnostic;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import java.util.List;

/** What a rollout does to the world. */
sealed interface Effect {
  /** Replaces everything that is published. */
  record Publish(ResourceSet resources) implements Effect {}

  /** Changes single endpoint resources among what is published. */
  record PublishEndpoints(List<Resource> changed) implements Effect {}

  /** Has those in this process decide by a compilation. */
  record Tell(Compilation compilation) implements Effect {}

  /** Reports that nodes were waited for in vain. */
  record GoOnWithout(int nodes) implements Effect {}

  /** Reports that rules are broken by what was to be published; by nothing any more when empty. */
  record Report(List<Diagnostic> breaches) implements Effect {}
}
