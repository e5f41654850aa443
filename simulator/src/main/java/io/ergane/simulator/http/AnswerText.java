package io.ergane.simulator.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of an answer, one token each, escaped for JSON. After the last one the words that echo
 * the prompt repeat.
 */
final class AnswerText {
  private static final int ECHOED_WORDS = 12;
  private static final int WORD_BYTES = 40;

  private final byte[][] words;
  private final int opening;

  private AnswerText(byte[][] words, int opening) {
    this.words = words;
    this.opening = opening;
  }

  /** The words that begin every answer of an engine for a model. */
  static byte[][] opening(String engine, String model) {
    String text = "Hello from " + engine + " serving " + model + ". You said:";
    String[] words = text.split(" ");
    byte[][] escaped = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      escaped[i] = escape((i == 0 ? "" : " ") + words[i]);
    }
    return escaped;
  }

  static AnswerText of(byte[][] opening, EngineCall call) {
    List<byte[]> words = new ArrayList<>(opening.length + ECHOED_WORDS);
    words.addAll(List.of(opening));
    byte[] text = call.prompt.bytes();
    int at = call.lastPiece;
    while (at < call.lastPieceEnd && words.size() < opening.length + ECHOED_WORDS) {
      int start = at;
      while (at < call.lastPieceEnd && !isSpace(text[at])) {
        at++;
      }
      if (at > start) {
        int end = start + WORD_BYTES < at ? characterStart(text, start + WORD_BYTES) : at;
        words.add(escape(" " + new String(text, start, end - start, StandardCharsets.UTF_8)));
      }
      at++;
    }
    return new AnswerText(words.toArray(byte[][]::new), opening.length);
  }

  /** Words of the answer if nothing limits it. */
  int naturalLength() {
    return words.length;
  }

  byte[] word(int index) {
    if (index < words.length) {
      return words[index];
    }
    int from = words.length > opening ? opening : 0;
    return words[from + (index - from) % (words.length - from)];
  }

  void write(ByteBuf out, int count) {
    for (int i = 0; i < count; i++) {
      out.writeBytes(word(i));
    }
  }

  private static byte[] escape(String text) {
    return JsonStringEncoder.getInstance().quoteAsUTF8(text);
  }

  private static boolean isSpace(byte value) {
    return value >= 0 && value <= ' ';
  }

  private static int characterStart(byte[] text, int at) {
    int start = at;
    while ((text[start] & 0xC0) == 0x80) {
      start--;
    }
    return start;
  }
}
