package io.ergane.simulator.http;

import static io.ergane.simulator.http.Answer.utf8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** OpenAI responses. */
final class ResponsesShape implements AnswerShape {
  /** Events before the first delta. */
  private static final int OPENING_EVENTS = 4;

  private final Answer answer;
  private final byte[] delta;

  ResponsesShape(Answer answer) {
    this.answer = answer;
    this.delta =
        utf8(
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
                + at()
                + ",\"content_index\":0,\"logprobs\":[],\"delta\":\"");
  }

  @Override
  public void begin(ByteBuf out) {
    event(out, "response.created", 0);
    response(out, "\"response\":", "in_progress", 0);
    event(out, "response.in_progress", 1);
    response(out, "\"response\":", "in_progress", 0);
    event(out, "response.output_item.added", 2);
    ByteBufUtil.writeUtf8(
        out,
        "\"output_index\":0,\"item\":{\"id\":\"msg_"
            + answer.id
            + "\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}}\n\n");
    event(out, "response.content_part.added", 3);
    ByteBufUtil.writeUtf8(out, at() + ",\"content_index\":0,\"part\":");
    part(out, 0);
    ByteBufUtil.writeAscii(out, "}\n\n");
  }

  @Override
  public void token(ByteBuf out, int index) {
    out.writeBytes(delta);
    out.writeBytes(answer.text.word(index));
    ByteBufUtil.writeAscii(out, "\",\"sequence_number\":" + (OPENING_EVENTS + index) + "}\n\n");
  }

  @Override
  public void end(ByteBuf out) {
    int number = OPENING_EVENTS + answer.outputTokens;
    event(out, "response.output_text.done", number);
    ByteBufUtil.writeUtf8(out, at() + ",\"content_index\":0,\"logprobs\":[],\"text\":\"");
    answer.text.write(out, answer.outputTokens);
    ByteBufUtil.writeAscii(out, "\"}\n\n");
    event(out, "response.content_part.done", number + 1);
    ByteBufUtil.writeUtf8(out, at() + ",\"content_index\":0,\"part\":");
    part(out, answer.outputTokens);
    ByteBufUtil.writeAscii(out, "}\n\n");
    event(out, "response.output_item.done", number + 2);
    ByteBufUtil.writeUtf8(out, "\"output_index\":0,\"item\":");
    item(out);
    ByteBufUtil.writeAscii(out, "}\n\n");
    event(out, "response.completed", number + 3);
    response(out, "\"response\":", status(), answer.outputTokens);
  }

  @Override
  public void whole(ByteBuf out) {
    body(out, status(), answer.outputTokens);
  }

  private void event(ByteBuf out, String type, int number) {
    ByteBufUtil.writeUtf8(
        out,
        "event: "
            + type
            + "\ndata: {\"type\":\""
            + type
            + "\",\"sequence_number\":"
            + number
            + ",");
  }

  private void response(ByteBuf out, String key, String status, int tokens) {
    ByteBufUtil.writeUtf8(out, key);
    body(out, status, tokens);
    ByteBufUtil.writeAscii(out, "}\n\n");
  }

  private void body(ByteBuf out, String status, int tokens) {
    ByteBufUtil.writeUtf8(
        out,
        "{\"id\":\"resp_"
            + answer.id
            + "\",\"object\":\"response\",\"created_at\":"
            + answer.createdSeconds
            + ",\"status\":\""
            + status
            + "\",\"model\":\""
            + answer.model
            + "\",\"error\":null,\"incomplete_details\":"
            + (status.equals("incomplete") ? "{\"reason\":\"max_output_tokens\"}" : "null")
            + ",\"instructions\":null,\"metadata\":{},\"parallel_tool_calls\":true,\"temperature\":1.0,"
            + "\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,\"output\":[");
    if (tokens > 0) {
      item(out);
    }
    ByteBufUtil.writeAscii(out, "],\"usage\":" + (tokens > 0 ? usage() : "null") + "}");
  }

  private void item(ByteBuf out) {
    ByteBufUtil.writeUtf8(
        out,
        "{\"id\":\"msg_"
            + answer.id
            + "\",\"type\":\"message\",\"status\":\""
            + status()
            + "\",\"role\":\"assistant\",\"content\":[");
    part(out, answer.outputTokens);
    ByteBufUtil.writeAscii(out, "]}");
  }

  private void part(ByteBuf out, int tokens) {
    ByteBufUtil.writeAscii(out, "{\"type\":\"output_text\",\"annotations\":[],\"text\":\"");
    answer.text.write(out, tokens);
    ByteBufUtil.writeAscii(out, "\"}");
  }

  private String usage() {
    return "{\"input_tokens\":"
        + answer.promptTokens
        + ",\"input_tokens_details\":{\"cached_tokens\":"
        + answer.cachedTokens
        + "},\"output_tokens\":"
        + answer.outputTokens
        + ",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":"
        + (answer.promptTokens + answer.outputTokens)
        + "}";
  }

  private String at() {
    return "\"item_id\":\"msg_" + answer.id + "\",\"output_index\":0";
  }

  private String status() {
    return answer.cut ? "incomplete" : "completed";
  }
}
