package io.ergane.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/**
 * Kthena's flags that have no counterpart here. Those that would change what is served are refused;
 * those that concern its webhook and its logging are taken and change nothing.
 */
final class KthenaOptions {
  private static final Logger LOG = LoggerFactory.getLogger(KthenaOptions.class);

  @Option(names = "--enable-gateway-api", arity = "0..1", fallbackValue = "true", hidden = true)
  boolean gatewayApi;

  @Option(
      names = "--enable-gateway-api-inference-extension",
      arity = "0..1",
      fallbackValue = "true",
      hidden = true)
  boolean inferenceExtension;

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

  @Option(
      names = {"-v", "--v", "--vmodule", "--stderrthreshold", "--log_dir", "--log_file"},
      hidden = true)
  List<String> logging = new ArrayList<>();

  @Option(
      names = {"--logtostderr", "--alsologtostderr"},
      arity = "0..1",
      fallbackValue = "true",
      hidden = true)
  List<Boolean> loggingSwitches = new ArrayList<>();

  /**
   * Refuses what would otherwise look served, and says what has no effect.
   *
   * @throws UserError naming the option
   */
  void check() {
    refuse(gatewayApi, "--enable-gateway-api");
    refuse(inferenceExtension, "--enable-gateway-api-inference-extension");
    warn(
        Boolean.TRUE.equals(webhook) || !webhookDetails.isEmpty(),
        "Kthena's webhook flags have no effect: no webhook is served. `ergane validate` checks"
            + " manifests.");
    warn(
        !logging.isEmpty() || !loggingSwitches.isEmpty(),
        "Kthena's logging flags have no effect. Set ERGANE_LOG_LEVEL, e.g. to debug.");
  }

  private static void refuse(boolean given, String option) {
    if (given) {
      throw new UserError(
          option
              + " was given, but Gateways are not served by this version. Leave it out; ModelRoutes"
              + " without parentRefs are served on --port.");
    }
  }

  private static void warn(boolean given, String message) {
    if (given) {
      LOG.warn(message);
    }
  }
}
