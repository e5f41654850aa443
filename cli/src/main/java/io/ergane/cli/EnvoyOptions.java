package io.ergane.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Whether and how {@code ergane up} runs an Envoy. */
public final class EnvoyOptions {
  private static final int DEFAULT_XDS_PORT = 18_000;
  private static final int DEFAULT_EXT_PROC_PORT = 9002;

  @Option(
      names = "--envoy",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "PATH",
      description =
          "Serve through an Envoy: this one, or that of ENVOY_BIN or the PATH; where there is none"
              + " it is installed into Ergane's own folder.")
  @Nullable String program;

  @Option(
      names = "--xds-port",
      paramLabel = "PORT",
      description = "With --envoy: control plane, on loopback (default " + DEFAULT_XDS_PORT + ").")
  @Nullable Integer xdsPort;

  @Option(
      names = "--ext-proc-port",
      paramLabel = "PORT",
      description = "With --envoy: scheduler, on loopback (default " + DEFAULT_EXT_PROC_PORT + ").")
  @Nullable Integer extProcPort;

  EnvoyOptions() {}

  /**
   * Reads options written as on the command line, such as {@code --xds-port=0}.
   *
   * @throws CommandLine.ParameterException naming the one that is not understood
   */
  public static EnvoyOptions parse(String... arguments) {
    return CommandLine.populateCommand(new EnvoyOptions(), arguments);
  }

  boolean wanted() {
    return program != null;
  }

  int xds() {
    return xdsPort == null ? DEFAULT_XDS_PORT : xdsPort;
  }

  int extProc() {
    return extProcPort == null ? DEFAULT_EXT_PROC_PORT : extProcPort;
  }

  /**
   * @throws UserError for what does not go with the other options
   */
  void check(RouterOptions options) {
    if (!wanted()) {
      Accepted.needs("--xds-port", xdsPort, "--envoy", program);
      Accepted.needs("--ext-proc-port", extProcPort, "--envoy", program);
      return;
    }
    Accepted.port("--xds-port", xds());
    Accepted.port("--ext-proc-port", extProc());
    if (options.scheduling.engineKey(System.getenv()) != null) {
      throw UserError.ofCommandLine(
          "engines are given no key through Envoy, and one was named (--engine-key-file or"
              + " ERGANE_ENGINE_KEY). Leave it out, or leave --envoy out.");
    }
  }
}
