package io.ergane.controllers.serving.plan;

import io.ergane.api.ModelServing;
import io.ergane.api.PodTemplate;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the pods of a role replica: names, labels, environment, plugins. */
final class PodBuilder {
  private final ModelServing serving;
  private final Revisions revisions;
  private final boolean gangs;

  PodBuilder(ModelServing serving, Revisions revisions, boolean gangs) {
    this.serving = serving;
    this.revisions = revisions;
    this.gangs = gangs;
  }

  /**
   * The pod with an index in a role replica.
   *
   * @throws PluginChain.Refusal when a plugin cannot do its work
   */
  Change.CreatePod build(Slot slot, int index) throws PluginChain.Refusal {
    Template template = slot.template();
    PodTemplate worker = template.role().workerTemplate();
    PodTemplate made = index == 0 || worker == null ? template.role().entryTemplate() : worker;
    PodDraft draft =
        new PodDraft(
            Names.pod(slot.group(), slot.id(), index),
            labels(slot, index, made),
            annotations(slot, made),
            made.spec());
    draft.spec().put("schedulerName", serving.spec().schedulerName());
    draft.setEnv(environment(slot, index));
    PluginChain.apply(serving, new PluginChain.Place(slot, index), draft);
    return draft.change();
  }

  /** Those of the template, then those that selectors rely on. */
  private Map<String, String> labels(Slot slot, int index, PodTemplate made) {
    Template template = slot.template();
    Map<String, String> labels = new LinkedHashMap<>(made.labels());
    labels.remove(Names.ENTRY);
    labels.put(Names.NAME, serving.metadata().name());
    labels.put(Names.GROUP, slot.group());
    labels.put(Names.ROLE, template.role().name());
    labels.put(Names.ROLE_ID, slot.id());
    labels.put(Names.REVISION, template.revision());
    labels.put(Names.ROLE_TEMPLATE_HASH, revisions.hash(template.revision(), template.role()));
    if (index == 0) labels.put(Names.ENTRY, "true");
    return labels;
  }

  private Map<String, String> annotations(Slot slot, PodTemplate made) {
    Map<String, String> annotations = new LinkedHashMap<>(made.annotations());
    annotations.remove(Names.DRAINING);
    if (gangs) {
      annotations.put(Names.POD_GROUP, slot.group());
      annotations.put(Names.TASK, slot.id());
    }
    return annotations;
  }

  private Map<String, String> environment(Slot slot, int index) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("GROUP_SIZE", Integer.toString(slot.template().pods()));
    environment.put(
        "ENTRY_ADDRESS",
        Names.pod(slot.group(), slot.id(), 0) + "." + serving.metadata().namespace());
    environment.put("WORKER_INDEX", Integer.toString(index));
    return environment;
  }
}
