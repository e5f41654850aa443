package io.ergane.cli;

import io.ergane.api.Suggestion;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said of a command line that does not fit its verb's options: two lines, no full help. */
final class Misuse {
  private final ParameterException error;

  Misuse(ParameterException error) {
    this.error = error;
  }

  List<String> lines() {
    CommandLine line = error.getCommandLine();
    return List.of(
        "ergane: " + problem(line),
        "Run `%s --help` for the options.".formatted(line.getCommandName()));
  }

  private String problem(CommandLine line) {
    if (!(error instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(error.getMessage())
          .replaceFirst(" is not an? (int|long)$", " is not a whole number");
    }
    String word = unmatched.getUnmatched().getFirst();
    if (word.startsWith("-")) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      return "there is no option \"" + name + "\"." + meant(name, line);
    }
    boolean files = line.getCommandSpec().findOption("-f") != null;
    return "\"" + word + "\" is one word too many." + (files ? " Name manifests with -f." : "");
  }

  private static String meant(String name, CommandLine line) {
    List<String> shown =
        line.getCommandSpec().options().stream()
            .filter(option -> !option.hidden())
            .flatMap(option -> List.of(option.names()).stream())
            .filter(known -> known.startsWith("--"))
            .toList();
    String near = Suggestion.nearest(name, shown);
    return near == null ? "" : " Did you mean " + near + "?";
  }
}
