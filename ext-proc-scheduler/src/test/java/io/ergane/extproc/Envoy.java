package io.ergane.extproc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.ext_proc.v3.CommonResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.HeaderMutation;
import io.envoyproxy.envoy.service.ext_proc.v3.ImmediateResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse.ResponseCase;
import io.ergane.extproc.wire.Encoded;
import io.ergane.extproc.wire.ProcessingMessage;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plays one stream to the state machine and keeps what it answers. */
final class Envoy implements Output {
  private static final String DESTINATION = "x-gateway-destination-endpoint";

  final List<ProcessingResponse> answers = new ArrayList<>();
  final ExtProcStream stream;
  private final ProcessingMessage message = new ProcessingMessage();
  int ends;
  @Nullable Status status;

  Envoy(World world) {
    this(world, new Object());
  }

  Envoy(World world, Object connection) {
    stream = new ExtProcStream(world.server, world.loop, this, connection);
  }

  Envoy send(ProcessingRequest... messages) {
    return send(List.of(messages));
  }

  Envoy send(List<ProcessingRequest> messages) {
    for (ProcessingRequest each : messages) {
      byte[] bytes = each.toByteArray();
      message.read(bytes, 0, bytes.length);
      stream.message(message);
      java.util.Arrays.fill(bytes, (byte) 0x7f); // what was read is not good any more
    }
    return this;
  }

  @Override
  public void send(Encoded encoded) {
    assertThat(ends).as("nothing follows the end").isZero();
    try {
      answers.add(
          ProcessingResponse.parser()
              .parseFrom(encoded.bytes(), encoded.offset(), encoded.length()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void complete() {
    ends++;
    status = Status.OK;
  }

  @Override
  public void fail(Status why) {
    ends++;
    status = why;
  }

  ProcessingResponse answer(ResponseCase of) {
    return answers.stream()
        .filter(answer -> answer.getResponseCase() == of)
        .findFirst()
        .orElseThrow(() -> new AssertionError(of + " is not among " + answers));
  }

  ImmediateResponse immediate() {
    return answer(ResponseCase.IMMEDIATE_RESPONSE).getImmediateResponse();
  }

  /** The answer that says where the request goes. */
  ProcessingResponse direction() {
    return withMetadata(DESTINATION)
        .orElseThrow(() -> new AssertionError("no direction among " + answers));
  }

  /** Whether the request was told where to go. */
  boolean directed() {
    return withMetadata(DESTINATION).isPresent();
  }

  private Optional<ProcessingResponse> withMetadata(String key) {
    return answers.stream().filter(answer -> balancing(answer).containsFields(key)).findFirst();
  }

  private static Struct balancing(ProcessingResponse answer) {
    return answer
        .getDynamicMetadata()
        .getFieldsOrDefault("envoy.lb", Value.getDefaultInstance())
        .getStructValue();
  }

  CommonResponse common() {
    ProcessingResponse direction = direction();
    return direction.hasRequestBody()
        ? direction.getRequestBody().getResponse()
        : direction.getRequestHeaders().getResponse();
  }

  String metadata(String key) {
    return balancing(withMetadata(key).orElseThrow()).getFieldsOrThrow(key).getStringValue();
  }

  String token() {
    return metadata("x-ergane-decision");
  }

  List<String> destinations() {
    return List.of(metadata(DESTINATION).split(","));
  }

  @Nullable String header(String name) {
    return header(common().getHeaderMutation(), name);
  }

  static @Nullable String header(HeaderMutation mutation, String name) {
    for (HeaderValueOption option : mutation.getSetHeadersList()) {
      if (option.getHeader().getKey().equals(name)) {
        assertThat(option.getAppendAction())
            .isEqualTo(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD);
        return option.getHeader().getRawValue().toStringUtf8();
      }
    }
    return null;
  }

  /** The request's body as it leaves Envoy. */
  String bodyAfter(byte[] sent) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean any = false;
    for (ProcessingResponse answer : answers) {
      if (answer.hasRequestBody()) {
        CommonResponse common = answer.getRequestBody().getResponse();
        switch (common.getBodyMutation().getMutationCase()) {
          case BODY -> {
            any = true;
            out.writeBytes(common.getBodyMutation().getBody().toByteArray());
          }
          case STREAMED_RESPONSE -> {
            any = true;
            byte[] piece = common.getBodyMutation().getStreamedResponse().getBody().toByteArray();
            assertThat(piece.length).isLessThanOrEqualTo(62_000);
            out.writeBytes(piece);
          }
          case CLEAR_BODY -> any = true;
          case MUTATION_NOT_SET -> {}
        }
      }
    }
    return new String(any ? out.toByteArray() : sent, java.nio.charset.StandardCharsets.UTF_8);
  }
}
