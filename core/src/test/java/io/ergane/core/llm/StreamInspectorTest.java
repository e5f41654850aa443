package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamInspectorTest {
  private static final int BOUND = 400;
  private static final String CONTENT =
      "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"usage\"}}],\"usage\":null}\n\n";
  private static final String CONTINUOUS =
      "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}\n\n";
  private static final String USAGE =
      "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":9,\"total_tokens\":16}}\n\n";
  private static final String USAGE_CRLF =
      "data: {\"choices\": [ ],\r\ndata: \"usage\": {\"prompt_tokens\": 7, \"completion_tokens\": 9}}\r\n\r\n";
  private static final String DONE = "data: [DONE]\n\n";
  private static final String HUGE =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1},\"x\":\""
          + "y".repeat(BOUND)
          + "\"}\n\n";
  private static final List<String> FRAMES =
      List.of(
          CONTENT,
          CONTENT,
          CONTENT,
          CONTINUOUS,
          USAGE,
          USAGE_CRLF,
          DONE,
          ": ping\n\n",
          "\n",
          HUGE,
          "data: {\"error\": 1}\n\n");

  /** What a proxy that obeys the inspector would do. */
  private static final class Client {
    private final StreamInspector inspector;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private int newContentFrames;

    Client(boolean drop) {
      inspector = new StreamInspector(drop, BOUND);
    }

    void feed(byte[] bytes, int offset, int length) {
      inspector.feed(bytes, offset, length);
      newContentFrames += inspector.newContentFrames();
      settle();
      int from = 0;
      for (int i = 0; i < inspector.droppedRanges(); i++) {
        sent.write(bytes, offset + from, inspector.droppedStart(i) - from);
        from = inspector.droppedEnd(i);
      }
      int upTo = length - inspector.held();
      assertThat(upTo).isGreaterThanOrEqualTo(from);
      sent.write(bytes, offset + from, upTo - from);
      held.write(bytes, offset + upTo, inspector.held());
      assertThat(held.size()).isLessThanOrEqualTo(BOUND);
    }

    private void settle() {
      assertThat(inspector.heldReleased() && inspector.heldDropped()).isFalse();
      if (inspector.heldReleased()) {
        sent.writeBytes(held.toByteArray());
      }
      if (inspector.heldReleased() || inspector.heldDropped()) {
        held.reset();
      }
    }

    void finish() {
      inspector.finish();
      newContentFrames += inspector.newContentFrames();
      settle();
      assertThat(held.size()).isZero();
    }

    String text() {
      return sent.toString(StandardCharsets.UTF_8);
    }
  }

  private static Client run(String stream, boolean drop, Random cuts, int longest) {
    Client client = new Client(drop);
    byte[] bytes = utf8(stream);
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + cuts.nextInt(longest));
      client.feed(bytes, at, length);
      at += length;
    }
    client.finish();
    return client;
  }

  @Test
  void cutsDoNotMatterToTheClientOrToWhatIsLearned() {
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      StringBuilder stream = new StringBuilder();
      StringBuilder expected = new StringBuilder();
      int content = 0;
      for (int frames = random.nextInt(12); frames > 0; frames--) {
        String frame = FRAMES.get(random.nextInt(FRAMES.size()));
        stream.append(frame);
        expected.append(frame.equals(USAGE) || frame.equals(USAGE_CRLF) ? "" : frame);
        content += frame.equals(CONTENT) || frame.equals(CONTINUOUS) ? 1 : 0;
      }
      Client whole = run(stream.toString(), true, random, 1 << 20);
      Client pieces = run(stream.toString(), true, random, 1 + random.nextInt(200));
      Client watching = run(stream.toString(), false, random, 1 + random.nextInt(200));

      assertThat(whole.text()).isEqualTo(expected.toString());
      assertThat(pieces.text()).isEqualTo(expected.toString());
      assertThat(watching.text()).isEqualTo(stream.toString());
      for (Client client : List.of(whole, pieces, watching)) {
        assertThat(client.inspector.contentFrames())
            .isEqualTo(content)
            .isEqualTo(client.newContentFrames);
        assertThat(client.inspector.usage()).isEqualTo(whole.inspector.usage());
        assertThat(client.inspector.terminalSeen()).isEqualTo(stream.indexOf(DONE) >= 0);
        assertThat(client.inspector.errorSeen()).isEqualTo(stream.indexOf("error") >= 0);
      }
    }
  }

  @Test
  void nothingIsHeldWhenNothingIsDropped() {
    StreamInspector inspector = new StreamInspector(false, BOUND);
    byte[] chunk = utf8(CONTENT + "data: {");
    inspector.feed(chunk, 0, chunk.length);

    assertThat(inspector.held()).isZero();
    assertThat(inspector.droppedRanges()).isZero();
    assertThat(inspector.contentFrames()).isEqualTo(1);
  }

  @Test
  void aUsageFrameCutAtTheEndOfTheStreamIsDroppedWhole() {
    Client client = run(CONTENT + USAGE.strip(), true, new Random(1), 50);

    assertThat(client.text()).isEqualTo(CONTENT);
    assertThat(client.inspector.usage()).isEqualTo(new Usage(7, 9, 16, -1));
  }

  @Test
  void cumulativeUsageIsNotAddedUp() {
    Client client = run(CONTINUOUS + CONTINUOUS + USAGE + DONE, true, new Random(1), 1000);

    assertThat(client.inspector.usage()).isEqualTo(new Usage(7, 9, 16, -1));
  }

  @Test
  void anAnthropicStreamIsUnderstood() {
    String stream =
        """
        event: message_start
        data: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}

        event: ping
        data: {"type":"ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Hello"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}

        event: message_stop
        data: {"type":"message_stop"}

        """;
    Client client = run(stream, true, new Random(2), 30);

    assertThat(client.text()).isEqualTo(stream);
    assertThat(client.inspector.usage()).isEqualTo(new Usage(25, 15, 40, -1));
    assertThat(client.inspector.contentFrames()).isEqualTo(1);
    assertThat(client.inspector.terminalSeen()).isTrue();
    assertThat(client.inspector.errorSeen()).isFalse();
  }

  @Test
  void aResponsesStreamIsUnderstood() {
    String stream =
        """
        event: response.created
        data: {"type":"response.created","response":{"usage":null}}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","delta":"Hi"}

        event: response.completed
        data: {"type":"response.completed","response":{"usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":4},"output_tokens":2,"total_tokens":7}}}

        """;
    Client client = run(stream, true, new Random(3), 30);

    assertThat(client.text()).isEqualTo(stream);
    assertThat(client.inspector.usage()).isEqualTo(new Usage(5, 2, 7, 4));
    assertThat(client.inspector.contentFrames()).isEqualTo(1);
    assertThat(client.inspector.terminalSeen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"error\":{\"message\":\"x\"}}\n\n",
        "data:{ \"error\" : {}}\n\n",
        "data: {\"object\": \"error\",\"message\":\"x\"}\n\n",
        "event: error\ndata: {\"type\":\"error\"}\n\n",
        "event: response.failed\ndata: {}\n\n"
      })
  void errorEventsAreSeen(String stream) {
    Client client = run(stream, false, new Random(4), 100);

    assertThat(client.inspector.errorSeen()).isTrue();
    assertThat(client.inspector.contentFrames()).isZero();
  }

  @Test
  void dataOfManyLinesIsReadWholeAndInLinearTime() {
    int lines = 40_000;
    String frame =
        "data: {\"choices\":[],\n"
            + "data:\n".repeat(lines)
            + "data: \"usage\":{\"prompt_tokens\":4,\ndata: \"completion_tokens\":5}}\n\n";
    byte[] bytes = utf8(frame);
    StreamInspector inspector = new StreamInspector(true, bytes.length);
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < 100; i++) {
            inspector.feed(bytes, 0, bytes.length);
            assertThat(inspector.droppedRanges()).isEqualTo(1);
          }
        });
    assertThat(inspector.usage().completion()).isEqualTo(5);
  }
}
