package io.ergane.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of a whole gateway in one process: Kthena's flags and variables, and our own. */
public final class RouterOptions {
  private static final Logger LOG = LoggerFactory.getLogger(RouterOptions.class);

  @Mixin ListenerOptions listener = new ListenerOptions();

  @Mixin PageOptions pages = new PageOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Router configuration: plugins, weights, arguments; reloaded when it changes (default:"
              + " /etc/config/routerConfiguration.yaml when it is there).")
  @Nullable Path config;

  @Mixin SchedulingOptions scheduling = new SchedulingOptions();

  @Mixin KthenaOptions kthena = new KthenaOptions();

  RouterOptions() {}

  /**
   * Reads options written as on the command line, such as {@code --port=0}.
   *
   * @throws picocli.CommandLine.ParameterException naming the one that is not understood
   */
  public static RouterOptions parse(String... arguments) {
    return CommandLine.populateCommand(new RouterOptions(), arguments);
  }

  /**
   * Refuses what would otherwise look served.
   *
   * @throws UserError naming the option
   */
  void check() {
    kthena.check();
    listener.check();
    Accepted.file("--config", config);
    pages.check();
    scheduling.check();
  }

  /** Says which of Kthena's variables ask for what this version does not do. */
  static void warnOfUnused(Map<String, String> environment) {
    for (String name :
        new String[] {"ENABLE_FAIRNESS_SCHEDULING", "ENABLE_SESSION_BOOST", "REDIS_HOST"}) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty() && !value.equalsIgnoreCase("false")) {
        LOG.warn("{} is '{}', which has no effect: this version does not do that yet", name, value);
      }
    }
  }
}
