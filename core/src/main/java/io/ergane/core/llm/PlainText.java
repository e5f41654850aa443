package io.ergane.core.llm;

/** Runs of bytes that mean themselves in a JSON string: ASCII but quote, backslash and controls. */
final class PlainText {
  private PlainText() {}

  /** Index of the first byte at or after {@code p} that is not plain text, or {@code limit}. */
  static int end(byte[] bytes, int p, int limit) {
    int wide = limit - 32;
    while (p <= wide) {
      long m0 = Words.notPlain(Words.load(bytes, p));
      long m1 = Words.notPlain(Words.load(bytes, p + 8));
      long m2 = Words.notPlain(Words.load(bytes, p + 16));
      long m3 = Words.notPlain(Words.load(bytes, p + 24));
      if (((m0 | m1 | m2 | m3) & Words.HIGH_BITS) != 0) {
        return p + Words.first(m0, m1, m2, m3);
      }
      p += 32;
    }
    while (p <= limit - 8) {
      long marks = Words.notPlain(Words.load(bytes, p)) & Words.HIGH_BITS;
      if (marks != 0) {
        return p + Words.first(marks);
      }
      p += 8;
    }
    while (p < limit && bytes[p] >= ' ' && bytes[p] != '"' && bytes[p] != '\\') {
      p++;
    }
    return p;
  }
}
