package io.ergane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class CommandLineShellTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Command(description = "Lifts a number.")
  static final class Lift implements Callable<Integer> {
    @Option(names = "--by", description = "how far")
    private int by = 1;

    @Override
    public Integer call() {
      if (by < 0) throw new UserError("--by is " + by + ". Give a number of 0 or more.");
      if (by > 100) throw new IllegalStateException("too far");
      return by;
    }
  }

  private final List<Verb> verbs =
      List.of(
          Verb.of("lift", "lift a number", Lift::new),
          Verb.of(
              "never",
              "is not loaded",
              () -> {
                throw new AssertionError("loaded");
              }),
          new Verb("lifted", "is not shown", true, Lift::new));

  private int run(String... args) {
    return new CommandLineShell(verbs, new PrintWriter(out, true), new PrintWriter(err, true))
        .run(args);
  }

  @Test
  void withoutArgumentsItPrintsTheHelpAndLoadsNoVerb() {
    assertThat(run()).isZero();

    assertThat(out.toString())
        .contains("lift ", "lift a number", "never")
        .doesNotContain("is not shown");
  }

  @Test
  void helpIsTheSameHoweverItIsAskedFor() {
    run();
    String bare = out.toString();

    for (String word : List.of("help", "--help", "-h")) {
      out.getBuffer().setLength(0);
      assertThat(run(word)).isZero();
      assertThat(out.toString()).isEqualTo(bare);
    }
  }

  @Test
  void versionNamesTheJavaItRunsOn() {
    assertThat(run("--version")).isZero();

    assertThat(out.toString()).startsWith("ergane ").contains("Java " + Runtime.version());
  }

  @Test
  void aVerbGetsItsArgumentsAndGivesTheExitCode() {
    assertThat(run("lift", "--by", "7")).isEqualTo(7);
    assertThat(run("lifted", "--by=8")).isEqualTo(8);
  }

  @Test
  void everyVerbHasHelp() {
    assertThat(run("lift", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: ergane lift", "--by", "how far");

    out.getBuffer().setLength(0);
    assertThat(run("help", "lift")).isZero();
    assertThat(out.toString()).contains("Usage: ergane lift");
  }

  @Test
  void anUnknownVerbIsAnsweredWithTheOneThatWasMeant() {
    assertThat(run("lfit")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("no verb \"lfit\"").contains("Did you mean: ergane lift\n");
  }

  @Test
  void aWordLikeNoVerbIsAnsweredWithoutAGuess() {
    assertThat(run("xylophone")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("no verb \"xylophone\"").doesNotContain("Did you mean");
  }

  @Test
  void anUnknownOptionOfAVerbIsAUsageError() {
    assertThat(run("lift", "--bye", "7")).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("--bye").contains("--by");
  }

  @Test
  void aUserErrorIsItsMessageAndNothingElse() {
    assertThat(run("lift", "--by", "-1")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString().strip()).isEqualTo("ergane: --by is -1. Give a number of 0 or more.");
  }

  @Test
  void aDefectShowsItsStackTrace() {
    assertThat(run("lift", "--by", "101")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString()).contains("defect", "IllegalStateException: too far", "Lift.call");
  }
}
