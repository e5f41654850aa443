package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseFramesTest {
  private static final int BOUND = 100;

  /** Collects frames as text; those beyond the bound as their length. */
  private static final class Collected implements FrameSink {
    private final List<String> frames = new ArrayList<>();

    @Override
    public void frame(byte[] bytes, int offset, int length) {
      frames.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void oversized(long length) {
      frames.add("oversized " + length);
    }
  }

  private static List<String> split(String stream, Random cuts, int longest) {
    byte[] bytes = utf8(stream);
    SseFrames frames = new SseFrames(BOUND);
    Collected collected = new Collected();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, cuts.nextInt(longest) + 1);
      byte[] chunk = new byte[length + 4];
      System.arraycopy(bytes, at, chunk, 2, length);
      frames.feed(chunk, 2, length, collected);
      at += length;
    }
    frames.finish(collected);
    return collected.frames;
  }

  private static List<String> whole(String stream) {
    return split(stream, new Random(0), Integer.MAX_VALUE - 1);
  }

  private static String randomStream(Random random) {
    StringBuilder out = new StringBuilder();
    String[] ends = {"\n", "\r\n", "\r"};
    for (int lines = random.nextInt(20); lines > 0; lines--) {
      int kind = random.nextInt(6);
      out.append(
          kind < 2
              ? ""
              : kind == 2
                  ? ": ping"
                  : kind == 3 ? "event: x" : "data: " + "y".repeat(random.nextInt(60)));
      out.append(ends[random.nextInt(3)]);
    }
    return out.append(random.nextBoolean() ? "data: cut" : "").toString();
  }

  @Test
  void cutsDoNotMatter() {
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      String stream = randomStream(random);
      List<String> expected = reference(stream);

      assertThat(whole(stream)).as("%s", seed).isEqualTo(expected);
      assertThat(split(stream, random, 1 + random.nextInt(40))).as("%s", seed).isEqualTo(expected);
      assertThat(split(stream, random, 1)).as("%s", seed).isEqualTo(expected);
    }
  }

  /**
   * Frames found with a look at the whole text: a blank line is a line end at the start or after
   * another one.
   */
  private static List<String> reference(String stream) {
    List<String> frames = new ArrayList<>();
    int start = 0;
    boolean lineStart = true;
    for (int at = 0; at < stream.length(); ) {
      int end = stream.startsWith("\r\n", at) ? 2 : "\r\n".indexOf(stream.charAt(at)) >= 0 ? 1 : 0;
      boolean blank = end > 0 && lineStart;
      lineStart = end > 0;
      at += Math.max(1, end);
      if (blank) {
        frames.add(stream.substring(start, at));
        start = at;
      }
    }
    if (start < stream.length()) {
      frames.add(stream.substring(start));
    }
    return frames.stream()
        .map(frame -> frame.length() > BOUND ? "oversized " + frame.length() : frame)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"\\n", "\\r\\n", "\\r"})
  void aBlankLineEndsAFrameWhateverItsLineEnd(String escaped) {
    String end = escaped.replace("\\n", "\n").replace("\\r", "\r");
    String first = "event: a" + end + "data: 1" + end + end;
    String second = ": comment" + end + "data: 2" + end + "data: 3" + end + end;

    assertThat(whole(first + second + "data: rest")).containsExactly(first, second, "data: rest");
  }

  @Test
  void aFrameOfOneChunkIsDeliveredInPlace() {
    byte[] chunk = utf8("data: 1\n\ndata: 2\n\n");
    List<Integer> offsets = new ArrayList<>();
    new SseFrames(BOUND)
        .feed(
            chunk,
            0,
            chunk.length,
            (bytes, offset, length) -> {
              assertThat(bytes).isSameAs(chunk);
              offsets.add(offset);
            });

    assertThat(offsets).containsExactly(0, 9);
  }

  @Test
  void whatIsPendingIsCountedAndGoneAfterTheEnd() {
    SseFrames frames = new SseFrames(BOUND);
    Collected collected = new Collected();
    frames.feed(utf8("data: 1\n\ndata"), 0, 13, collected);
    assertThat(frames.pending()).isEqualTo(4);

    frames.finish(collected);
    frames.finish(collected);

    assertThat(frames.pending()).isZero();
    assertThat(collected.frames).containsExactly("data: 1\n\n", "data");
  }
}
