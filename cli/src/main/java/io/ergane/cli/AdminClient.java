package io.ergane.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * Reads pages of a running Ergane's admin port.
 *
 * @param admin URL as the user wrote it
 * @param start what the user would start to have it answer, e.g. {@code ergane up}
 */
record AdminClient(String admin, String start) {
  /** Where an Ergane's admin page is unless it is told otherwise. */
  static final String USUAL = "http://127.0.0.1:15000";

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /**
   * The JSON of a page.
   *
   * @param refusal makes what the user reads of the error that the page answers with
   * @throws UserError when there is no such page, or nobody answers
   */
  JsonNode get(String path, UnaryOperator<String> refusal) throws InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      HttpRequest request = HttpRequest.newBuilder(uri(path)).timeout(ANSWER).build();
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      JsonNode body = new ObjectMapper().readTree(response.body());
      if (response.statusCode() == 200) {
        return body;
      }
      JsonNode error = body.path("error");
      throw error.isTextual() ? new UserError(refusal.apply(error.asText())) : notAdmin();
    } catch (JsonProcessingException e) {
      throw notAdmin();
    } catch (IOException e) {
      throw new UserError(
          "no Ergane answers at %s. Start `%s`, or name its admin port with --admin."
              .formatted(admin, start));
    }
  }

  private URI uri(String path) {
    try {
      URI uri = URI.create(admin + path);
      if (uri.getHost() != null && uri.getScheme() != null && uri.getScheme().startsWith("http")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, with the URLs of other kinds.
    }
    throw UserError.ofCommandLine(
        "--admin is '" + admin + "'; a URL such as " + USUAL + " is accepted.");
  }

  private UserError notAdmin() {
    return new UserError(
        "%s is not the admin port of an Ergane. `%s` prints it; name it with --admin."
            .formatted(admin, start));
  }
}
