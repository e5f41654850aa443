package io.ergane.extproc;

import static io.ergane.extproc.Script.body;
import static io.ergane.extproc.Script.chat;
import static io.ergane.extproc.Script.configured;
import static io.ergane.extproc.Script.headers;
import static io.ergane.extproc.Script.pieces;
import static io.ergane.extproc.Script.post;
import static io.ergane.extproc.Script.responseHeaders;
import static io.ergane.extproc.Script.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.service.ext_proc.v3.HeadersResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse.ResponseCase;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, mode by mode, as far as the decision. */
class ExtProcStreamTest {
  private static final BodySendMode NONE = BodySendMode.NONE;
  private static final BodySendMode BUFFERED = BodySendMode.BUFFERED;
  private static final BodySendMode PARTIAL = BodySendMode.BUFFERED_PARTIAL;
  private static final BodySendMode DUPLEX = BodySendMode.FULL_DUPLEX_STREAMED;
  private static final BodySendMode STREAMED = BodySendMode.STREAMED;

  private final World world = new World();

  private void settle() {
    world.clock.pass(World.SETTINGS.accounting().lostAfter());
    world
        .server
        .open
        .takeLost(world.server.now())
        .forEach(request -> world.server.settlement.lost(request, Counts.Lost.TIMEOUT));
    world.assertQuiet();
  }

  @Test
  void theAnswerToABufferedBodyDirectsAndClosesTheStream() {
    byte[] sent = utf8(chat("plain"));
    Envoy envoy = new Envoy(world).send(post(BUFFERED, NONE));
    ProcessingResponse first = envoy.answers.getFirst();
    assertThat(first.getRequestHeaders()).isEqualTo(HeadersResponse.getDefaultInstance());
    assertThat(envoy.token()).hasSize(16);

    envoy.send(body(sent, true));

    assertThat(envoy.answers).hasSize(2);
    assertThat(envoy.direction().getResponseCase()).isEqualTo(ResponseCase.REQUEST_BODY);
    assertThat(envoy.common().getClearRouteCache()).isTrue();
    assertThat(envoy.common().hasBodyMutation()).isFalse();
    assertThat(envoy.header("x-ergane-pool")).isEqualTo("default/plain");
    assertThat(envoy.header("content-length")).isNull();
    assertThat(envoy.destinations())
        .containsExactlyInAnyOrder("127.0.0.1:8010", "127.0.0.1:8011", "127.0.0.1:8012");
    assertThat(envoy.header("x-gateway-destination-endpoint"))
        .isEqualTo(String.join(",", envoy.destinations()));
    assertThat(envoy.status).isEqualTo(Status.OK);
    assertThat(world.server.open.size()).isEqualTo(1);
    assertThat(world.dataplane.board().totalInFlight()).isEqualTo(1);
    settle();
  }

  @Test
  void whatDoesNotArriveInTimeIsRefusedAndHoldsNothing() {
    Duration patience = World.SETTINGS.timeouts().upload();
    Envoy silent = new Envoy(world);
    Envoy headersOnly = new Envoy(world).send(post(BUFFERED, NONE));
    Envoy half = new Envoy(world).send(post(DUPLEX, NONE)).send(body(utf8("{\"model\":"), false));
    Envoy directed =
        new Envoy(world).send(post(BUFFERED, NONE)).send(body(utf8(chat("plain")), true));
    world.clock.pass(patience.dividedBy(2));
    Envoy younger = new Envoy(world).send(post(BUFFERED, NONE));

    world.clock.pass(patience.dividedBy(2));
    world.loop.undecided.expire(world.server.now());

    assertThat(silent.status).extracting(Status::getCode).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    for (Envoy late : List.of(headersOnly, half)) {
      assertThat(late.immediate().getStatus().getCodeValue()).isEqualTo(408);
      assertThat(late.status).isEqualTo(Status.OK);
    }
    assertThat(directed.ends).isEqualTo(1);
    assertThat(directed.answers).hasSize(2);
    assertThat(world.server.counts.inFlight).hasValue(2);

    younger.send(body(utf8(chat("plain")), true));
    world.clock.pass(patience);
    world.loop.undecided.expire(world.server.now());

    assertThat(younger.direction().hasRequestBody()).isTrue();
    assertThat(world.server.counts.failures[Counts.Failure.LATE.ordinal()].sum()).isEqualTo(3);
    settle();
  }

  @Test
  void anAnswerOfSomeoneElsesMayTakeAnyTime() {
    Envoy unasked = new Envoy(world).send(responseHeaders(200, "text/event-stream", false));
    Envoy undecided =
        new Envoy(world).send(post(BUFFERED, NONE)).send(responseHeaders(429, "text/plain", false));
    world.clock.pass(World.SETTINGS.timeouts().upload());
    world.loop.undecided.expire(world.server.now());

    assertThat(unasked.ends).isZero();
    assertThat(undecided.ends).isZero();
    undecided.stream.halfClosed();
    settle();
  }

  @ParameterizedTest
  @CsvSource({
    "1000, -1",
    "1048576, 6",
    "31457280, 35",
    "33554432, 37",
  })
  void aLongBodyIsGivenASecondMoreForEachMebibyte(String length, int seconds) {
    Envoy buffered = new Envoy(world).send(post(BUFFERED, NONE, "content-length", length));
    Envoy inPieces = new Envoy(world).send(post(DUPLEX, NONE, "content-length", length));

    assertThat(buffered.answers.getFirst().hasRequestHeaders()).isTrue();
    if (seconds < 0) {
      assertThat(buffered.answers).hasSize(1);
    } else {
      assertThat(buffered.answers).hasSize(2);
      ProcessingResponse more = buffered.answers.getLast();
      assertThat(more.getResponseCase()).isEqualTo(ResponseCase.RESPONSE_NOT_SET);
      assertThat(more.getOverrideMessageTimeout().getSeconds()).isEqualTo(seconds);
    }
    assertThat(inPieces.answers).isEmpty();
    buffered.stream.ended();
    inPieces.stream.ended();
    settle();
  }

  @Test
  void longBodiesThatDoNotFitTogetherAreAskedForOneAfterTheOther() {
    World small =
        new World(
            World.SETTINGS.withLimits(
                new ExtProcSettings.Limits(4 << 20, 1 << 20, 3 << 20, 10, 200, 1024, 1024)));
    List<Envoy> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(new Envoy(small).send(post(BUFFERED, NONE, "content-length", "2097152")));
    }
    assertThat(all.getFirst().token()).hasSize(16);
    for (Envoy waiting : all.subList(1, 4)) {
      assertThat(waiting.answers).hasSize(1);
      assertThat(waiting.answers.getFirst().getOverrideMessageTimeout().getSeconds())
          .isEqualTo(300);
    }

    all.get(2).stream.ended();
    all.get(0).send(body(utf8(chat("plain")), true));
    assertThat(all.get(0).directed()).isTrue();
    assertThat(all.get(1).answers).hasSize(3);
    assertThat(all.get(1).token()).hasSize(16);
    assertThat(all.get(3).answers).hasSize(1);

    all.get(1).stream.ended();
    all.get(3).send(body(utf8(chat("plain")), true));
    assertThat(all.get(3).directed()).isTrue();
    assertThat(small.server.turns.taken()).isZero();
    assertThat(small.server.turns.waiting()).isZero();
  }

  @Test
  void aModelOfAnotherNameIsSplicedIntoTheBody() {
    byte[] sent = utf8(chat("m"));
    Envoy envoy =
        new Envoy(world)
            .send(post(BUFFERED, NONE, "content-length", Integer.toString(sent.length)))
            .send(body(sent, true));

    assertThat(envoy.bodyAfter(sent)).isEqualTo(chat("served"));
    assertThat(envoy.header("content-length")).isEqualTo(Integer.toString(chat("served").length()));
    assertThat(envoy.header("x-ergane-pool")).isEqualTo("default/chat");
    settle();
  }

  /** Split points do not matter, nor do trailers or an end that is told twice. */
  @ParameterizedTest
  @CsvSource({"plain, false", "plain, true", "m, false", "m, true"})
  void howAFullDuplexBodyIsCutDoesNotMatter(String model, boolean trailers) {
    byte[] sent = utf8(chat(model) + " ".repeat(150_000));
    String expected = chat(model.equals("m") ? "served" : model) + " ".repeat(150_000);
    for (int size : new int[] {1009, 62_000, 65_536, sent.length}) {
      Envoy envoy = new Envoy(world).send(post(DUPLEX, NONE, "x-request-id", "r"));
      envoy.send(pieces(sent, size, trailers));
      if (!trailers) {
        envoy.send(body(new byte[0], true));
      }

      assertThat(envoy.answers.getFirst().getResponseCase())
          .isEqualTo(ResponseCase.REQUEST_HEADERS);
      assertThat(envoy.bodyAfter(sent)).isEqualTo(expected);
      assertThat(envoy.header("content-length")).isEqualTo(Integer.toString(expected.length()));
      assertThat(lasts(envoy)).isEqualTo(trailers ? 0 : 1);
      assertThat(envoy.answers.getLast().getResponseCase())
          .isEqualTo(trailers ? ResponseCase.REQUEST_TRAILERS : ResponseCase.REQUEST_BODY);
      assertThat(envoy.ends).isEqualTo(1);
    }
    settle();
  }

  private static long lasts(Envoy envoy) {
    return envoy.answers.stream()
        .filter(ProcessingResponse::hasRequestBody)
        .filter(a ->
            a.getRequestBody()
                .getResponse()
                .getBodyMutation()
                .getStreamedResponse()
                .getEndOfStream())
        .count();
  }

  @Test
  void aBodyByteByByteIsTheSameBody() {
    byte[] sent = utf8(chat("m"));
    Envoy envoy = new Envoy(world).send(post(DUPLEX, NONE)).send(pieces(sent, 1, false));
    assertThat(envoy.bodyAfter(sent)).isEqualTo(chat("served"));
    settle();
  }

  @Test
  void piecesThatWaitForNothingAreAnsweredOneByOneAfterTheHeaders() {
    for (String model : List.of("m", "plain")) {
      byte[] sent = utf8(chat(model));
      List<ProcessingRequest> pieces = pieces(sent, 50, false);
      Envoy envoy =
          new Envoy(world)
              .send(configured(headers("POST", Script.CHAT_PATH), STREAMED, NONE, true))
              .send(pieces);
      assertThat(envoy.answers).hasSize(1 + pieces.size());
      assertThat(envoy.bodyAfter(sent)).isEqualTo(chat(model.equals("m") ? "served" : model));
    }
    settle();
  }

  @ParameterizedTest
  @EnumSource(
      value = BodySendMode.class,
      names = {"NONE", "STREAMED"})
  void aModeThatCannotRouteSaysWhatToSet(BodySendMode mode) {
    Envoy envoy = new Envoy(world).send(post(mode, NONE));
    assertThat(envoy.immediate().getStatus().getCodeValue()).isEqualTo(500);
    assertThat(envoy.immediate().getBody().toStringUtf8())
        .contains("request_body_mode to BUFFERED");
    assertThat(envoy.ends).isEqualTo(1);
    world.assertQuiet();
  }

  @Test
  void theBeginningOfALongBodyIsEnoughWhenItNamesTheModel() {
    byte[] sent = utf8(chat("m"));
    byte[] cut = java.util.Arrays.copyOf(sent, 100);
    Envoy envoy =
        new Envoy(world)
            .send(post(PARTIAL, NONE, "content-length", Integer.toString(sent.length)))
            .send(body(cut, false));
    assertThat(envoy.bodyAfter(cut)).isEqualTo(chat("served").substring(0, 105));
    assertThat(envoy.header("content-length")).isEqualTo(Integer.toString(chat("served").length()));
    settle();
  }

  @Test
  void aBeginningWithoutModelIsRefusedWithTheRemedy() {
    byte[] cut = utf8("{\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(500));
    Envoy envoy = new Envoy(world).send(post(PARTIAL, NONE)).send(body(cut, false));
    assertThat(envoy.immediate().getStatus().getCodeValue()).isEqualTo(404);
    assertThat(envoy.immediate().getBody().toStringUtf8()).contains("put \\\"model\\\" before");
    world.assertQuiet();
  }

  @Test
  void anEnvoyThatCutsBodiesIsAskedForTheWholeOne() {
    byte[] cut = utf8("{\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(500));
    Envoy envoy =
        new Envoy(world)
            .send(post(PARTIAL, NONE, "x-ergane-length", "5000"))
            .send(body(cut, false));
    var common = envoy.answers.getLast().getRequestBody().getResponse();
    assertThat(Envoy.header(common.getHeaderMutation(), "x-ergane-body")).isEqualTo("whole");
    assertThat(common.getClearRouteCache()).isTrue();
    assertThat(envoy.ends).isEqualTo(1);
    world.assertQuiet();
    assertThat(world.telemetry.last().counted).isFalse();
    assertThat(world.telemetry.last().path).isEmpty();

    byte[] whole = utf8(chat("m"));
    Envoy again =
        new Envoy(world)
            .send(
                post(
                    BUFFERED,
                    NONE,
                    "x-ergane-length",
                    "5000",
                    "x-ergane-body",
                    "whole",
                    "content-length",
                    "5000"))
            .send(body(whole, true));
    assertThat(again.header("x-ergane-length")).isEqualTo("5005");
    assertThat(again.header("content-length")).isEqualTo("5005");
    settle();
  }

  @Test
  void whereEndpointsAreFewEnvoyMakesNoMoreAttempts() {
    ProcessingRequest last = body(utf8(chat("plain")), true);
    Envoy envoy = new Envoy(world).send(post(BUFFERED, NONE), last);
    assertThat(envoy.header("x-envoy-max-retries")).isEqualTo("2");
    settle();
  }

  @Test
  void aWholeBodyInPartialModeIsReadWhole() {
    byte[] sent =
        utf8("{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"model\":\"plain\"}");
    Envoy envoy = new Envoy(world).send(post(PARTIAL, NONE)).send(body(sent, true));
    assertThat(envoy.header("x-ergane-pool")).isEqualTo("default/plain");
    settle();
  }

  @Test
  void ownPathsAreAnsweredAtTheHeaders() {
    Envoy models =
        new Envoy(world).send(configured(headers("GET", "/v1/models?x=1"), BUFFERED, NONE, false));
    assertThat(models.immediate().getStatus().getCodeValue()).isEqualTo(200);
    assertThat(models.immediate().getBody().toStringUtf8()).contains("\"id\":\"m\"");
    assertThat(Envoy.header(models.immediate().getHeaders(), "content-type"))
        .startsWith("application/json");
    Envoy health =
        new Envoy(world).send(configured(headers("GET", "/healthz"), DUPLEX, DUPLEX, false));
    assertThat(health.immediate().getBody().toStringUtf8()).isEqualTo("{\"message\":\"ok\"}");
    assertThat(health.ends).isEqualTo(1);
    world.assertQuiet();
    assertThat(world.telemetry.ended).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /v1/chat/completions, 405, method not allowed",
    "POST, /elsewhere, 404, page not found",
    "POST, /v1/load_lora_adapter, 404, page not found",
    "POST, /v1/../x, 404, page not found",
    "DELETE, /v1/models, 405, method not allowed"
  })
  void whatNoEngineServesIsRefusedAtTheHeaders(
      String method, String path, int status, String text) {
    Envoy envoy = new Envoy(world).send(configured(headers(method, path), BUFFERED, NONE, false));
    assertThat(envoy.immediate().getStatus().getCodeValue()).isEqualTo(status);
    assertThat(envoy.immediate().getBody().toStringUtf8()).contains(text);
    assertThat(Envoy.header(envoy.immediate().getHeaders(), "allow") != null)
        .isEqualTo(status == 405);
    world.assertQuiet();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":\"nobody\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|404|route not found",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|404|model not found",
        "{\"model\":\"m\"}|404|prompt not found",
        "{\"model\":|400|ends inside",
        "''|400|empty"
      })
  void whatCannotBeUnderstoodOrRoutedIsRefused(String sent, int status, String text) {
    for (BodySendMode mode : List.of(BUFFERED, PARTIAL, DUPLEX)) {
      Envoy envoy = new Envoy(world).send(post(mode, NONE)).send(body(utf8(sent), true));
      assertThat(envoy.immediate().getBody().toStringUtf8()).contains(text);
      assertThat(envoy.immediate().getStatus().getCodeValue()).isEqualTo(status);
      assertThat(envoy.ends).isEqualTo(1);
    }
    world.assertQuiet();
    assertThat(world.telemetry.last().status).isEqualTo(status);
  }

  @Test
  void aPostWithoutABodyIsRefusedAtTheHeaders() {
    ProcessingRequest.Builder first = post(BUFFERED, NONE).toBuilder();
    first.getRequestHeadersBuilder().setEndOfStream(true);
    Envoy envoy = new Envoy(world).send(first.build());
    assertThat(envoy.immediate().getStatus().getCodeValue()).isEqualTo(400);
    world.assertQuiet();
  }

  @Test
  void bodiesBeyondTheLimitAreRefusedBeforeAndWhileTheyCome() {
    World small =
        new World(
            World.SETTINGS.withLimits(
                new ExtProcSettings.Limits(1000, 1500, 1 << 20, 10, 200, 1024, 1024)));
    byte[] long_ = utf8(chat("m") + " ".repeat(1000));
    Envoy told =
        new Envoy(small)
            .send(post(BUFFERED, NONE, "content-length", Integer.toString(long_.length)));
    Envoy untold = new Envoy(small).send(post(BUFFERED, NONE)).send(body(long_, true));
    Envoy pieces = new Envoy(small).send(post(DUPLEX, NONE)).send(pieces(long_, 100, false));
    for (Envoy each : List.of(told, untold, pieces)) {
      assertThat(each.immediate().getStatus().getCodeValue()).isEqualTo(413);
      assertThat(each.ends).isEqualTo(1);
    }
    Envoy first = new Envoy(small).send(post(DUPLEX, NONE)).send(body(new byte[900], false));
    Envoy second = new Envoy(small).send(post(DUPLEX, NONE)).send(body(new byte[900], false));
    assertThat(first.ends).isZero();
    assertThat(second.immediate().getStatus().getCodeValue()).isEqualTo(503);
    first.stream.ended();
    small.assertQuiet();
  }

  @Test
  void moreRequestsInFlightThanTheLimitAreRefused() {
    World small =
        new World(
            World.SETTINGS.withLimits(
                new ExtProcSettings.Limits(1000, 1500, 1 << 20, 2, 200, 1024, 1024)));
    Envoy undecided = new Envoy(small).send(post(BUFFERED, NONE));
    Envoy directed =
        new Envoy(small).send(post(BUFFERED, NONE)).send(body(utf8(chat("plain")), true));
    Envoy third = new Envoy(small).send(post(BUFFERED, NONE));
    assertThat(directed.header("x-ergane-pool")).isNotNull();
    assertThat(third.immediate().getStatus().getCodeValue()).isEqualTo(503);
    assertThat(Envoy.header(third.immediate().getHeaders(), "retry-after")).isEqualTo("1");
    undecided.stream.ended();
    new Log(small.server).read(Entries.served(undecided.token(), "", 0));
    Envoy fourth = new Envoy(small).send(post(BUFFERED, NONE));
    assertThat(fourth.ends).isZero();
  }

  @Test
  void aSubsetIsKeptTo() {
    ProcessingRequest first = post(DUPLEX, NONE);
    ProcessingRequest last = body(utf8(chat("plain")), true);
    for (int i = 0; i < 10; i++) {
      Envoy envoy =
          new Envoy(world).send(Script.withSubset(first, "127.0.0.1:8011", "9.9.9.9:1")).send(last);
      assertThat(envoy.destinations()).containsExactly("127.0.0.1:8011");
    }
    Envoy late =
        new Envoy(world).send(first, Script.withSubset(last, "127.0.0.1:8012,127.0.0.1:8010"));
    assertThat(late.destinations()).containsExactlyInAnyOrder("127.0.0.1:8012", "127.0.0.1:8010");
    for (String[] none : new String[][] {{}, {"10.0.0.1:80"}}) {
      Envoy refused = new Envoy(world).send(Script.withSubset(first, none)).send(last);
      assertThat(refused.immediate().getStatus().getCodeValue()).isEqualTo(503);
    }
    settle();
  }

  @Test
  void anIdIsGivenToRequestsWithoutASoundOne() {
    ProcessingRequest last = body(utf8(chat("plain")), true);
    Envoy sound = new Envoy(world).send(post(BUFFERED, NONE, "x-request-id", "abc"), last);
    Envoy missing = new Envoy(world).send(post(BUFFERED, NONE), last);
    Envoy unsound = new Envoy(world).send(post(BUFFERED, NONE, "x-request-id", "a b"), last);
    assertThat(sound.header("x-request-id")).isNull();
    assertThat(missing.header("x-request-id")).hasSize(36);
    assertThat(unsound.header("x-request-id")).hasSize(36);
    settle();
  }

  @Test
  void equalRequestIdsAreTwoRequests() {
    ProcessingRequest last = body(utf8(chat("plain")), true);
    Envoy one = new Envoy(world).send(post(BUFFERED, NONE, "x-request-id", "same"), last);
    Envoy two = new Envoy(world).send(post(BUFFERED, NONE, "x-request-id", "same"), last);
    assertThat(one.token()).isNotEqualTo(two.token());
    assertThat(world.server.open.size()).isEqualTo(2);
    settle();
  }

  @Test
  void compressedBodiesAreRefused() {
    Envoy envoy = new Envoy(world).send(post(BUFFERED, NONE, "content-encoding", "gzip"));
    assertThat(envoy.immediate().getStatus().getCodeValue()).isEqualTo(415);
    world.assertQuiet();
  }

  static List<List<ProcessingRequest>> disorders() {
    ProcessingRequest first = post(BUFFERED, NONE);
    ProcessingRequest duplex = post(DUPLEX, BodySendMode.FULL_DUPLEX_STREAMED);
    ProcessingRequest whole = body(utf8(chat("m")), true);
    List<List<ProcessingRequest>> all = new ArrayList<>();
    all.add(List.of(whole));
    all.add(List.of(first, first));
    all.add(List.of(Script.requestTrailers()));
    all.add(List.of(duplex, whole, whole));
    all.add(List.of(duplex, whole, duplex));
    all.add(List.of(ProcessingRequest.getDefaultInstance()));
    return all;
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("disorders")
  void messagesOutOfOrderEndTheStreamWithAStatus(List<ProcessingRequest> messages) {
    Envoy envoy = new Envoy(world).send(messages);
    assertThat(envoy.ends).isEqualTo(1);
    assertThat(envoy.status).isNotNull();
    assertThat(envoy.status.isOk()).isFalse();
    assertThat(envoy.status.getDescription()).isNotBlank();
    settle();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0a05", "ff", "12ffffffff0f", "120a0a080a06"})
  void bytesThatAreNoMessageEndTheStreamWithAStatus(String hex) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex);
    Envoy envoy = new Envoy(world);
    var message = new io.ergane.extproc.wire.ProcessingMessage();
    message.read(bytes, 0, bytes.length);
    envoy.stream.message(message);
    assertThat(envoy.status).isNotNull();
    assertThat(envoy.status.isOk()).isFalse();
    world.assertQuiet();
  }

  @Test
  void aStreamThatOnlyObservesDecidesNothing() {
    Envoy envoy =
        new Envoy(world).send(post(BUFFERED, NONE).toBuilder().setObservabilityMode(true).build());
    assertThat(envoy.answers).isEmpty();
    assertThat(envoy.ends).isEqualTo(1);
    world.assertQuiet();
  }
}
