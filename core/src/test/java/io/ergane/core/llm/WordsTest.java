package io.ergane.core.llm;

import static io.ergane.core.llm.Bodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void numbersOfEveryLengthAreReadFromOneWord() {
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      int length = 1 + random.nextInt(8);
      StringBuilder digits = new StringBuilder();
      for (int i = 0; i < length; i++) {
        digits.append((char) ('0' + random.nextInt(10)));
      }
      char next = (char) random.nextInt(128);
      long word = Words.load(utf8(digits.toString() + next + "1234567"), 0);

      assertThat(Words.leadingDigits(word)).as("%s%s", digits, next).isGreaterThanOrEqualTo(length);
      assertThat(Words.decimal(word, length)).isEqualTo(Long.parseLong(digits.toString()));
    }
  }

  @Test
  void everyByteThatIsNoDigitStopsThem() {
    for (int value = 0; value < 256; value++) {
      for (int at = 0; at < 8; at++) {
        byte[] bytes = utf8("90909090");
        bytes[at] = (byte) value;
        boolean digit = value >= '0' && value <= '9';

        assertThat(Words.leadingDigits(Words.load(bytes, 0))).isEqualTo(digit ? 8 : at);
      }
    }
  }

  @Test
  void theFirstMarkOfFourWordsIsFound() {
    for (int at = 0; at < 32; at++) {
      byte[] bytes = utf8("x".repeat(32));
      for (int i = at; i < 32; i += 1 + at % 3) {
        bytes[i] = '"';
      }
      long[] marks = new long[4];
      for (int i = 0; i < 4; i++) {
        marks[i] = Words.notPlain(Words.load(bytes, i * 8));
      }

      assertThat(Words.first(marks[0], marks[1], marks[2], marks[3])).isEqualTo(at);
    }
  }
}
