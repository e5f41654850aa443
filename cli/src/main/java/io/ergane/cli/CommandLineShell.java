package io.ergane.cli;

import io.ergane.api.Suggestion;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Finds the verb that the arguments name and runs it; answers help and version itself. */
final class CommandLineShell {
  private static final int HELP_WIDTH = 100;

  private final List<Verb> verbs;
  private final PrintWriter out;
  private final PrintWriter err;

  CommandLineShell(List<Verb> verbs, PrintWriter out, PrintWriter err) {
    this.verbs = List.copyOf(verbs);
    this.out = out;
    this.err = err;
  }

  /** Runs one command line and returns its {@linkplain ExitCode exit code}. Never throws. */
  int run(String... args) {
    if (args.length == 0) return help();
    return switch (args[0]) {
      case "-h", "--help" -> help();
      case "help" -> args.length == 1 ? help() : run(args[1], "--help");
      case "-V", "--version", "version" -> version();
      default -> verb(args);
    };
  }

  private int verb(String[] args) {
    Optional<Verb> verb = verbs.stream().filter(v -> v.name().equals(args[0])).findFirst();
    if (verb.isEmpty()) return unknown(args[0]);
    CommandLine line = new CommandLine(verb.get().command().get());
    line.setCommandName("ergane " + verb.get().name());
    line.getCommandSpec().addOption(helpOption());
    line.getCommandSpec().usageMessage().abbreviateSynopsis(true).width(HELP_WIDTH);
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((error, _) -> misused(error));
    line.setExecutionExceptionHandler((error, _, _) -> failed(error));
    return line.execute(Arrays.copyOfRange(args, 1, args.length));
  }

  private static OptionSpec helpOption() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Show this help.")
        .build();
  }

  private int misused(ParameterException error) {
    new Misuse(error).lines().forEach(err::println);
    return ExitCode.USAGE;
  }

  private int failed(Exception error) {
    if (error instanceof UserError user) {
      err.println("ergane: " + user.getMessage());
      return user.exitCode();
    }
    err.println("ergane: this is a defect of Ergane; please report it with the lines below.");
    error.printStackTrace(err);
    return ExitCode.FAILED;
  }

  private int unknown(String word) {
    var names = verbs.stream().filter(v -> !v.hidden()).map(Verb::name).toList();
    String kind = word.startsWith("-") ? "option" : "verb";
    err.println("ergane: there is no " + kind + " \"" + word + "\".");
    String near = Suggestion.nearest(word, names);
    if (near != null) {
      err.println("Did you mean: ergane " + near);
    }
    err.println("Run `ergane --help` for the list.");
    return ExitCode.USAGE;
  }

  private int help() {
    int width = verbs.stream().mapToInt(v -> v.name().length()).max().orElse(0);
    out.println("Ergane serves large language models: one gateway for many engines.");
    out.println();
    out.println("Usage: ergane VERB [OPTIONS]");
    out.println("       ergane VERB --help");
    out.println();
    for (Verb verb : verbs) {
      if (verb.hidden()) continue;
      out.printf(Locale.ROOT, "  %-" + Math.max(width, 9) + "s  %s%n", verb.name(), verb.summary());
    }
    out.printf(
        Locale.ROOT,
        "  %-" + Math.max(width, 9) + "s  %s%n",
        "--version",
        "print version, Java and platform");
    out.println();
    out.println(
        "Environment: ERGANE_LOG_LEVEL (info, debug, logger=level, …), ERGANE_LOG_FORMAT (text or"
            + " json),");
    out.println("ERGANE_JVM_OPTS (JVM options).");
    return ExitCode.OK;
  }

  private int version() {
    String version = CommandLineShell.class.getPackage().getImplementationVersion();
    out.printf(
        Locale.ROOT,
        "ergane %s (Java %s, %s %s)%n",
        version == null ? "from classes" : version,
        Runtime.version(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"));
    return ExitCode.OK;
  }
}
