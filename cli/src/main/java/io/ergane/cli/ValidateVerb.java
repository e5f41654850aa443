package io.ergane.cli;

import io.ergane.controllers.Validation;
import io.ergane.core.compile.Diagnostic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "validate",
    description = {
      "Checks manifest files by the rules of the cluster's admission.",
      "Prints every finding with file and line; exits 1 when one is an error or a warning."
    })
final class ValidateVerb implements Callable<Integer> {
  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      arity = "1..*",
      required = true,
      description = "Files or directories.")
  List<Path> files = new ArrayList<>();

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Validation report = Validation.of(files);
    List<Diagnostic> findings = report.findings();
    findings.forEach(out::println);
    long errors = count(findings, Diagnostic.Severity.ERROR);
    long warnings = count(findings, Diagnostic.Severity.WARNING);
    out.printf(
        "%s checked: %s, %s%n",
        Plural.of(report.objects(), "object"),
        Plural.of(errors, "error"),
        Plural.of(warnings, "warning"));
    return errors + warnings == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private static long count(List<Diagnostic> findings, Diagnostic.Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }
}
