package io.ergane.core.compile;

import io.ergane.api.ExternalModelProvider;

/** ExternalModelProviders into the set of provider names. */
final class ProviderPass {
  private ProviderPass() {}

  static void run(Draft draft) {
    draft
        .declared(ExternalModelProvider.class)
        .forEach(provider -> draft.providers.add(provider.name()));
  }
}
