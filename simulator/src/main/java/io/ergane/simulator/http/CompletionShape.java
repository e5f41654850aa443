package io.ergane.simulator.http;

import static io.ergane.simulator.http.Answer.utf8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** OpenAI chat completions and text completions. */
final class CompletionShape implements AnswerShape {
  private static final byte[] TOKEN_END =
      utf8("\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
  private static final byte[] TEXT_END = utf8("\",\"logprobs\":null,\"finish_reason\":null}]}\n\n");

  private final Answer answer;
  private final boolean chat;
  private final String common;
  private final byte[] tokenStart;

  CompletionShape(Answer answer, boolean chat) {
    this.answer = answer;
    this.chat = chat;
    this.common =
        "\",\"created\":" + answer.createdSeconds + ",\"model\":\"" + answer.model + "\",";
    this.tokenStart =
        utf8(
            chunk()
                + "\"choices\":[{\"index\":0,"
                + (chat ? "\"delta\":{\"content\":\"" : "\"text\":\""));
  }

  @Override
  public void begin(ByteBuf out) {
    if (chat) {
      ByteBufUtil.writeUtf8(
          out,
          chunk()
              + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
              + "\"logprobs\":null,\"finish_reason\":null}]}\n\n");
    }
  }

  @Override
  public void token(ByteBuf out, int index) {
    out.writeBytes(tokenStart);
    out.writeBytes(answer.text.word(index));
    if (index < answer.outputTokens - 1) {
      out.writeBytes(chat ? TOKEN_END : TEXT_END);
    } else {
      ByteBufUtil.writeAscii(
          out,
          (chat ? "\"}" : "\"")
              + ",\"logprobs\":null,\"finish_reason\":\""
              + reason()
              + "\"}]}\n\n");
    }
  }

  @Override
  public void end(ByteBuf out) {
    if (answer.usageWanted) {
      ByteBufUtil.writeUtf8(out, chunk() + "\"choices\":[]," + answer.usage() + "}\n\n");
    }
    ByteBufUtil.writeAscii(out, "data: [DONE]\n\n");
  }

  @Override
  public void whole(ByteBuf out) {
    ByteBufUtil.writeUtf8(
        out,
        "{\"id\":\""
            + id()
            + "\",\"object\":\""
            + (chat ? "chat.completion" : "text_completion")
            + common
            + "\"choices\":[{\"index\":0,"
            + (chat ? "\"message\":{\"role\":\"assistant\",\"content\":\"" : "\"text\":\""));
    answer.text.write(out, answer.outputTokens);
    ByteBufUtil.writeAscii(
        out,
        (chat ? "\",\"refusal\":null}" : "\"")
            + ",\"logprobs\":null,\"finish_reason\":\""
            + reason()
            + "\"}],"
            + answer.usage()
            + "}");
  }

  private String chunk() {
    return "data: {\"id\":\""
        + id()
        + "\",\"object\":\""
        + (chat ? "chat.completion.chunk" : "text_completion")
        + common;
  }

  private String id() {
    return (chat ? "chatcmpl-" : "cmpl-") + answer.id;
  }

  private String reason() {
    return answer.cut ? "length" : "stop";
  }
}
