package io.ergane.cli;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/**
 * Kthena's flags that nothing here corresponds to. Those that would change what is served are
 * refused; those of its logging are taken and change nothing.
 */
final class UnservedOptions {
  private static final Logger LOG = LoggerFactory.getLogger(UnservedOptions.class);

  @Option(names = "--enable-gateway-api", arity = "0..1", fallbackValue = "true", hidden = true)
  boolean gatewayApi;

  @Option(
      names = "--enable-gateway-api-inference-extension",
      arity = "0..1",
      fallbackValue = "true",
      hidden = true)
  boolean inferenceExtension;

  @Option(
      names = {
        "-v",
        "--v",
        "--vmodule",
        "--stderrthreshold",
        "--log_dir",
        "--log-dir",
        "--log_file",
        "--log-file",
        "--log_file_max_size",
        "--log-file-max-size",
        "--log_backtrace_at",
        "--log-backtrace-at"
      },
      hidden = true)
  List<String> logging = new ArrayList<>();

  @Option(
      names = {
        "--logtostderr",
        "--alsologtostderr",
        "--add_dir_header",
        "--add-dir-header",
        "--skip_headers",
        "--skip-headers",
        "--skip_log_headers",
        "--skip-log-headers",
        "--one_output",
        "--one-output"
      },
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
    if (!logging.isEmpty() || !loggingSwitches.isEmpty()) {
      LOG.warn("Kthena's logging flags have no effect. Set ERGANE_LOG_LEVEL, e.g. to debug.");
    }
  }

  private static void refuse(boolean given, String option) {
    if (given) {
      throw UserError.ofCommandLine(
          option
              + " was given, but Gateways are not served by this version. Leave it out; ModelRoutes"
              + " without parentRefs are served on --port.");
    }
  }
}
