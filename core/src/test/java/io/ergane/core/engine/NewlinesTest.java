package io.ergane.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class NewlinesTest {

  @Test
  void findsWhatAPlainLoopFinds() {
    for (int seed = 0; seed < 5_000; seed++) {
      var random = new Random(seed);
      byte[] text = new byte[random.nextInt(60)];
      byte[] alphabet = {'\n', (byte) 0x8A, 0x0B, 0x09, 0x00, (byte) 0xFF, 'a', 'b'};
      for (int i = 0; i < text.length; i++) {
        text[i] = alphabet[1 + random.nextInt(7)];
      }
      if (text.length > 0 && seed % 4 != 0) {
        text[random.nextInt(text.length)] = '\n';
      }
      int from = text.length == 0 ? 0 : random.nextInt(text.length);
      int to = from + (text.length == from ? 0 : random.nextInt(text.length - from + 1));

      assertThat(Newlines.next(text, from, to))
          .as("seed %d", seed)
          .isEqualTo(plain(text, from, to));
    }
  }

  private static int plain(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
