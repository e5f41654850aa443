package io.ergane.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "explain",
    description = {
      "Prints why a request went where it went.",
      "A running Ergane keeps the last explained decisions; x-request-id of an answer names one."
    })
final class ExplainVerb implements Callable<Integer> {
  @Parameters(
      paramLabel = "REQUEST_ID",
      arity = "0..1",
      description = "The answer's x-request-id; without it the newest decision.")
  @Nullable String requestId;

  @Option(
      names = "--admin",
      defaultValue = AdminClient.USUAL,
      paramLabel = "URL",
      description = "Admin port of the running Ergane (default ${DEFAULT-VALUE}).")
  String admin = "";

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode decision = requestId == null ? newest() : fetch("/" + encoded(requestId));
    new DecisionTable(decision).lines().forEach(out::println);
    return ExitCode.OK;
  }

  private static String encoded(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode newest() throws InterruptedException {
    JsonNode all = fetch("").path("decisions");
    if (all.isEmpty()) {
      throw new UserError("no decision is kept yet. Send a request first.");
    }
    return all.get(0);
  }

  private JsonNode fetch(String path) throws InterruptedException {
    return new AdminClient(admin, "ergane up").get("/debug/decisions" + path, this::refusal);
  }

  /** A control plane decides nothing, so it has no such page at all. */
  private String refusal(String error) {
    return error.startsWith("no such page")
        ? admin
            + " is an Ergane without decisions, as a control plane is. Name the admin port of"
            + " `ergane ext-proc`, `ergane proxy` or `ergane up` with --admin."
        : error + ". `ergane explain` alone prints the newest.";
  }
}
