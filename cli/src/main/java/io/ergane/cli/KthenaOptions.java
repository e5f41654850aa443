package io.ergane.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Flags of Kthena's router that have no effect where there is no cluster to answer to. */
final class KthenaOptions {
  private static final Logger LOG = LoggerFactory.getLogger(KthenaOptions.class);

  @Mixin UnservedOptions unserved = new UnservedOptions();

  @Option(names = "--enable-webhook", arity = "0..1", fallbackValue = "true", hidden = true)
  @Nullable Boolean webhook;

  @Option(
      names = {
        "--webhook-port",
        "--webhook-tls-cert-file",
        "--webhook-tls-private-key-file",
        "--cert-secret-name",
        "--webhook-service-name"
      },
      hidden = true)
  List<String> webhookDetails = new ArrayList<>();

  /**
   * Refuses what would otherwise look served, and says what has no effect.
   *
   * @throws UserError naming the option
   */
  void check() {
    unserved.check();
    if (Boolean.TRUE.equals(webhook) || !webhookDetails.isEmpty()) {
      LOG.warn(
          "Kthena's webhook flags have no effect here: `ergane validate` checks manifests, and"
              + " `ergane kthena-router` serves webhooks.");
    }
  }
}
