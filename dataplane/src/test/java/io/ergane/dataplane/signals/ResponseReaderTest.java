package io.ergane.dataplane.signals;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseReaderTest {

  private static final String CHUNKED = chunkedHead();

  private final ResponseReader reader = new ResponseReader(512, 1000);
  private final StringBuilder body = new StringBuilder();

  @Test
  void splitPointsDoNotMatter() {
    String[] responses = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200\r\ncontent-LENGTH:5\r\nConnection: Close\r\n\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\n"
          + CHUNKED
          + "2;x=y\r\nhe\r\n03\r\nllo\r\n0\r\nTrailer: t\r\n\r\n",
      "HTTP/1.0 200 OK\nContent-Length: 5\n\nhello",
      "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nnay",
      "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nX: " + "x".repeat(493) + "\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: " + "x".repeat(488) + "\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
          + "b".repeat(1000)
          + "\r\n1\r\n",
    };
    for (String response : responses) {
      String expected = read(response) + body;
      for (int seed = 0; seed < 200; seed++) {
        assertThat(readInPieces(response, new Random(seed)) + body)
            .as(response)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void readsABodyByItsLength() {
    assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")).isEqualTo("200 kept ");
    assertThat(body).hasToString("hello");
  }

  @Test
  void readsABodyInChunks() {
    assertThat(read(CHUNKED + "A\r\n0123456789\r\n1 ;e=\"q\"\r\n!\r\n0\r\nT: x\r\n\r\n"))
        .isEqualTo("200 kept ");
    assertThat(body).hasToString("0123456789!");
  }

  @Test
  void readsABodyUpToTheConnectionsEnd() {
    assertThat(read("HTTP/1.1 200 OK\r\n\r\nhello")).isEqualTo("more ");
    reader.endOfStream();
    assertThat(reader.isDone()).isTrue();
    assertThat(reader.persistent()).isFalse();
    assertThat(body).hasToString("hello");
  }

  @Test
  void anUnfinishedBodyStaysUnfinishedAtTheConnectionsEnd() {
    read("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello");
    reader.endOfStream();
    assertThat(reader.isDone()).isFalse();
  }

  @Test
  void aBodyOfAnotherStatusIsPassedOver() {
    assertThat(read("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")).isEqualTo("503 kept ");
    assertThat(body).isEmpty();
  }

  @Test
  void aClosingOrOldServerDoesNotKeepTheConnection() {
    assertThat(read("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
        .isEqualTo("200 closed ");
    assertThat(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")).isEqualTo("200 closed ");
    assertThat(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"))
        .isEqualTo("200 kept ");
    assertThat(
            read(
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
        .isEqualTo("200 closed ");
  }

  @Test
  void bytesBehindTheResponseAreNotRead() {
    byte[] two = bytes("HTTP/1.1 204 None\r\n\r\nHTTP/1.1 200 OK\r\n");
    reader.begin();
    assertThat(reader.feed(two, 0, two.length, this::append)).isEqualTo(21);
    assertThat(reader.isDone()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
      })
  void whatIsNotHttpIsMalformed(String response) {
    assertThat(read(response)).isEqualTo("MALFORMED ");
  }

  @Test
  void aHeadWithoutEndIsMalformed() {
    assertThat(read("HTTP/1.1 200 OK\r\nX: " + "x".repeat(600))).isEqualTo("MALFORMED ");
    assertThat(read("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(100))).isEqualTo("MALFORMED ");
  }

  @Test
  void aLongBodyIsTooLargeAsSoonAsItsLengthIsKnown() {
    assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")).isEqualTo("TOO_LARGE ");
    assertThat(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"))
        .isEqualTo("TOO_LARGE ");
    assertThat(read("HTTP/1.1 200 OK\r\n\r\n" + "b".repeat(1001))).isEqualTo("TOO_LARGE ");
    assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"))
        .isEqualTo("MALFORMED ");
  }

  private String read(String response) {
    begin();
    byte[] bytes = bytes(response);
    reader.feed(bytes, 0, bytes.length, this::append);
    return outcome();
  }

  private String readInPieces(String response, Random random) {
    begin();
    byte[] bytes = bytes(response);
    int longest = 1 + random.nextInt(30);
    for (int at = 0; at < bytes.length && reader.failure() == null; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(longest));
      reader.feed(bytes, at, length, this::append);
      at += length;
    }
    return outcome();
  }

  private void begin() {
    body.setLength(0);
    reader.begin();
  }

  private String outcome() {
    ScrapeFailure failure = reader.failure();
    if (failure != null) {
      body.setLength(0);
      return failure + " ";
    }
    if (!reader.isDone()) {
      return "more ";
    }
    return reader.status() + (reader.persistent() ? " kept " : " closed ");
  }

  private void append(byte[] bytes, int offset, int length) {
    body.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
  }

  private static String chunkedHead() {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
