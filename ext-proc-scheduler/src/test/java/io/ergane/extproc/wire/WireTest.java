package io.ergane.extproc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.BodyResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpHeaders;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.ergane.core.llm.Edit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the generated classes. */
class WireTest {
  private static final long SEED = Long.getLong("laws.seed", 42);

  private final ProcessingAnswers answers = new ProcessingAnswers();

  private static ProcessingResponse parsed(Encoded encoded) {
    try {
      return ProcessingResponse.parser()
          .parseFrom(encoded.bytes(), encoded.offset(), encoded.length());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static HeaderValueOption option(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(
            HeaderValue.newBuilder().setKey(name).setRawValue(ByteString.copyFromUtf8(value)))
        .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  @Test
  void aDirectionIsWhatTheGeneratedClassesWouldWrite() {
    byte[] body = "xx{\"model\":\"a\"}".getBytes(StandardCharsets.UTF_8);
    byte[] name = "\"bé\"".getBytes(StandardCharsets.UTF_8);
    Encoded encoded =
        answers.body(
            new ProcessingAnswers.Direction(
                "1.2.3.4:5,1.2.3.4:6", "ns/pool", "t0", "id", 300, true, 2),
            body,
            2,
            body.length - 2,
            List.of(new Edit(9, 12, name)));
    Struct inner =
        Struct.newBuilder()
            .putFields("x-gateway-destination-endpoint", text("1.2.3.4:5,1.2.3.4:6"))
            .putFields("x-ergane-decision", text("t0"))
            .build();
    CommonResponse common =
        CommonResponse.newBuilder()
            .setClearRouteCache(true)
            .setHeaderMutation(
                HeaderMutation.newBuilder()
                    .addSetHeaders(option("x-ergane-pool", "ns/pool"))
                    .addSetHeaders(option("x-gateway-destination-endpoint", "1.2.3.4:5,1.2.3.4:6"))
                    .addSetHeaders(option("x-request-id", "id"))
                    .addSetHeaders(option("x-envoy-max-retries", "2"))
                    .addSetHeaders(option("x-ergane-length", "300"))
                    .addSetHeaders(option("content-length", "300")))
            .setBodyMutation(
                BodyMutation.newBuilder().setBody(ByteString.copyFromUtf8("{\"model\":\"bé\"}")))
            .build();
    assertThat(parsed(encoded))
        .isEqualTo(
            ProcessingResponse.newBuilder()
                .setRequestBody(BodyResponse.newBuilder().setResponse(common))
                .setDynamicMetadata(
                    Struct.newBuilder()
                        .putFields("envoy.lb", Value.newBuilder().setStructValue(inner).build()))
                .build());
  }

  @Test
  void anImmediateAnswerIsWhatTheGeneratedClassesWouldWrite() {
    byte[] body = "nö".getBytes(StandardCharsets.UTF_8);
    assertThat(parsed(answers.immediate(429, body, "why", "content-type", "text/plain", "a", "b")))
        .isEqualTo(
            ProcessingResponse.newBuilder()
                .setImmediateResponse(
                    ImmediateResponse.newBuilder()
                        .setStatus(HttpStatus.newBuilder().setCode(StatusCode.TooManyRequests))
                        .setHeaders(
                            HeaderMutation.newBuilder()
                                .addSetHeaders(option("content-type", "text/plain"))
                                .addSetHeaders(option("a", "b")))
                        .setBody(ByteString.copyFrom(body))
                        .setDetails("why"))
                .build());
  }

  @Test
  void largeAnswersAfterSmallOnesAndSmallOnesAfterLarge() {
    Random random = new Random(SEED);
    for (int length : new int[] {0, 10, 5000, 3_000_000, 1, 100_000}) {
      byte[] body = new byte[length];
      random.nextBytes(body);
      CommonResponse common =
          parsed(answers.responsePiece(body, 0, length, length == 10))
              .getResponseBody()
              .getResponse();
      assertThat(common.getBodyMutation().getStreamedResponse().getBody().toByteArray())
          .isEqualTo(body);
      assertThat(common.getBodyMutation().getStreamedResponse().getEndOfStream())
          .isEqualTo(length == 10);
    }
  }

  private static ProcessingRequest random(Random random) {
    HeaderMap.Builder map = HeaderMap.newBuilder();
    for (int i = random.nextInt(60); i >= 0; i--) {
      HeaderValue.Builder header = HeaderValue.newBuilder().setKey("name-" + i);
      if (random.nextBoolean()) {
        header.setRawValue(ByteString.copyFromUtf8("value-" + i));
      } else {
        header.setValue("value-" + i);
      }
      map.addHeaders(header);
    }
    ProcessingRequest.Builder message = ProcessingRequest.newBuilder();
    if (random.nextBoolean()) {
      message.setRequestHeaders(
          HttpHeaders.newBuilder().setHeaders(map).setEndOfStream(random.nextBoolean()));
      message.setObservabilityMode(random.nextBoolean());
    } else {
      byte[] body = new byte[random.nextInt(500)];
      random.nextBytes(body);
      message.setResponseBody(
          HttpBody.newBuilder()
              .setBody(ByteString.copyFrom(body))
              .setEndOfStream(random.nextBoolean()));
    }
    return message.build();
  }

  @Test
  void whatIsReadIsWhatTheGeneratedClassesRead() {
    Random random = new Random(SEED);
    ProcessingMessage message = new ProcessingMessage();
    for (int round = 0; round < 500; round++) {
      ProcessingRequest expected = random(random);
      byte[] bytes = expected.toByteArray();
      message.read(bytes, 0, bytes.length);
      assertThat(message.problem()).isNull();
      if (expected.hasRequestHeaders()) {
        assertThat(message.kind()).isEqualTo(ProcessingMessage.Kind.REQUEST_HEADERS);
        assertThat(message.endOfStream()).isEqualTo(expected.getRequestHeaders().getEndOfStream());
        assertThat(message.observed()).isEqualTo(expected.getObservabilityMode());
        Headers copy = message.headers().copy();
        expected
            .getRequestHeaders()
            .getHeaders()
            .getHeadersList()
            .forEach(header -> {
              String value = header.getValue() + header.getRawValue().toStringUtf8();
              assertThat(message.headers().first(header.getKey())).isEqualTo(value);
              assertThat(copy.first(header.getKey())).isEqualTo(value);
            });
        assertThat(copy.first("absent")).isNull();
      } else {
        int from = message.bodyStart();
        byte[] body = java.util.Arrays.copyOfRange(bytes, from, from + message.bodyLength());
        assertThat(ByteString.copyFrom(body)).isEqualTo(expected.getResponseBody().getBody());
      }
    }
  }

  /** Cut or damaged bytes are told as such, or are another message; nothing else happens. */
  @Test
  void damagedBytesAreNoAccident() {
    Random random = new Random(SEED);
    ProcessingMessage message = new ProcessingMessage();
    LogBatch batch = new LogBatch();
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = random(random).toByteArray();
      int length = random.nextInt(bytes.length + 1);
      for (int i = random.nextInt(4); i > 0 && length > 0; i--) {
        bytes[random.nextInt(length)] = (byte) random.nextInt();
      }
      message.read(bytes, 0, length);
      message.headers().first("x");
      message.headers().copy().number("name-1");
      batch.read(bytes, 0, length);
      batch.each(_ -> {});
    }
  }

  @Test
  void numbersInHeadersAreReadOrRefused() {
    ProcessingMessage message = new ProcessingMessage();
    String[] values = {"0", "17", "999999999999999999", "1e3", "-1", "", "9999999999999999999"};
    long[] expected = {0, 17, 999_999_999_999_999_999L, -1, -1, -1, -1};
    for (int i = 0; i < values.length; i++) {
      HeaderValue header = HeaderValue.newBuilder().setKey("n").setValue(values[i]).build();
      byte[] bytes =
          ProcessingRequest.newBuilder()
              .setRequestHeaders(
                  HttpHeaders.newBuilder().setHeaders(HeaderMap.newBuilder().addHeaders(header)))
              .build()
              .toByteArray();
      message.read(bytes, 0, bytes.length);
      assertThat(message.headers().number("n")).isEqualTo(expected[i]);
      assertThat(message.headers().number("absent")).isEqualTo(-1);
    }
  }
}
