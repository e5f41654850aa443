package io.ergane.simulator.http;

import static io.ergane.simulator.http.Answer.utf8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Anthropic messages. */
final class MessagesShape implements AnswerShape {
  private static final byte[] DELTA =
      utf8(
          "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
              + "\"delta\":{\"type\":\"text_delta\",\"text\":\"");
  private static final byte[] DELTA_END = utf8("\"}}\n\n");

  private final Answer answer;

  MessagesShape(Answer answer) {
    this.answer = answer;
  }

  @Override
  public void begin(ByteBuf out) {
    ByteBufUtil.writeUtf8(
        out,
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":"
            + head()
            + "\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":"
            + usage(0)
            + "}}\n\n"
            + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
            + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n");
  }

  @Override
  public void token(ByteBuf out, int index) {
    out.writeBytes(DELTA);
    out.writeBytes(answer.text.word(index));
    out.writeBytes(DELTA_END);
  }

  @Override
  public void end(ByteBuf out) {
    ByteBufUtil.writeUtf8(
        out,
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\""
            + reason()
            + "\",\"stop_sequence\":null},\"usage\":"
            + usage(answer.outputTokens)
            + "}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  }

  @Override
  public void whole(ByteBuf out) {
    ByteBufUtil.writeUtf8(out, head() + "\"content\":[{\"type\":\"text\",\"text\":\"");
    answer.text.write(out, answer.outputTokens);
    ByteBufUtil.writeUtf8(
        out,
        "\"}],\"stop_reason\":\""
            + reason()
            + "\",\"stop_sequence\":null,\"usage\":"
            + usage(answer.outputTokens)
            + "}");
  }

  private String head() {
    return "{\"id\":\"msg_"
        + answer.id
        + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""
        + answer.model
        + "\",";
  }

  private String usage(int outputTokens) {
    return "{\"input_tokens\":"
        + answer.promptTokens
        + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":"
        + answer.cachedTokens
        + ",\"output_tokens\":"
        + outputTokens
        + "}";
  }

  private String reason() {
    return answer.cut ? "max_tokens" : "end_turn";
  }
}
