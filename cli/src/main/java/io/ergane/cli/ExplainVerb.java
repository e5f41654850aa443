package io.ergane.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
      defaultValue = "http://127.0.0.1:15000",
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

  private String refusal(HttpResponse<String> response) throws IOException {
    JsonNode error = new ObjectMapper().readTree(response.body()).path("error");
    return error.isTextual()
        ? error.asText() + ". `ergane explain` alone prints the newest."
        : notAdmin();
  }

  private String notAdmin() {
    return admin
        + " is not the admin port of an Ergane. `ergane up` prints it; name it with --admin.";
  }

  private JsonNode fetch(String path) throws InterruptedException {
    URI uri;
    try {
      uri = URI.create(admin + "/debug/decisions" + path);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "--admin is '" + admin + "'; a URL such as http://127.0.0.1:15000 is accepted.");
    }
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() == 200) {
        return new ObjectMapper().readTree(response.body());
      }
      throw new UserError(refusal(response));
    } catch (JsonProcessingException e) {
      throw new UserError(notAdmin());
    } catch (IOException e) {
      throw new UserError(
          "no Ergane answers at %s. Start `ergane up`, or name its admin port with --admin."
              .formatted(admin));
    }
  }
}
