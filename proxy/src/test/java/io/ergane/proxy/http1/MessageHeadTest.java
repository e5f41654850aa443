package io.ergane.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ergane.proxy.Leaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageHeadTest {
  @BeforeAll
  static void watch() {
    Leaks.watch();
  }

  private static final String REQUEST =
      "\r\nPOST /v1/chat/completions?x=1 HTTP/1.1\r\nHost:  router \r\nCONTENT-length: 3\r\n"
          + "x-empty:\r\nConnection: keep-alive , X-Hop\r\nx-hop: 1\r\nX-Long: "
          + "v".repeat(5000)
          + "\r\n\r\nabc";

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static RequestHead request(String text) throws BadMessage {
    RequestHead head = new RequestHead(1 << 16, 100);
    assertThat(head.read(bytes(text))).isTrue();
    return head;
  }

  private static String view(RequestHead head) {
    StringBuilder out = new StringBuilder(head.method() + " " + head.path() + " " + head.minor());
    for (int i = 0; i < head.headers(); i++) {
      out.append('|').append(head.name(i)).append('=').append(head.value(i));
    }
    return out.toString();
  }

  @Test
  void aHeadDoesNotDependOnWhereItIsCut() throws BadMessage {
    String whole = view(request(REQUEST));
    assertThat(whole)
        .startsWith("POST /v1/chat/completions 1|HOST=router|CONTENT_LENGTH=3|OTHER=|CONNECTION=");
    Random random = new Random(3);
    RequestHead head = new RequestHead(1 << 16, 100);
    for (int round = 0; round < 300; round++) {
      head.clear();
      int at = 0;
      for (boolean complete = false; !complete; ) {
        int to = Math.min(REQUEST.length(), at + 1 + random.nextInt(round < 150 ? 10 : 3000));
        ByteBuf in = bytes(REQUEST.substring(at, to));
        complete = head.read(in);
        at += in.readerIndex();
      }
      assertThat(view(head)).isEqualTo(whole);
      assertThat(REQUEST.substring(at)).isEqualTo("abc");
    }
  }

  @Test
  void headersAreFoundInAnyCase() throws BadMessage {
    RequestHead head = request(REQUEST);
    assertThat(head.first("x-hop")).isEqualTo("1");
    assertThat(head.first("x-none")).isNull();
    assertThat(head.first(HeaderName.HOST)).isEqualTo("router");
    assertThat(head.lists(HeaderName.CONNECTION, "x-hop")).isTrue();
    assertThat(head.namedInConnection(4)).isTrue();
    assertThat(head.namedInConnection(0)).isFalse();
  }

  @Test
  void linesAreSeamless() throws BadMessage {
    RequestHead head = request("GET / HTTP/1.1\r\na: 1\r\nb:2 \r\n\r\n");
    String lines =
        new String(
            head.bytes(),
            head.nameStart(0),
            head.lineEnd(1) - head.nameStart(0),
            StandardCharsets.ISO_8859_1);
    assertThat(lines).isEqualTo("a: 1\r\nb:2 \r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "GET http://host/a?b HTTP/1.1,/a",
    "GET https://host:1/ HTTP/1.1,/",
    "OPTIONS * HTTP/1.1,*",
    "GET /a?b#c HTTP/1.0,/a"
  })
  void targetsHaveAPath(String line, String path) throws BadMessage {
    assertThat(request(line + "\r\n\r\n").path()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET  / HTTP/1.1\r\n",
        "GET / HTTP/1.1 \r\n",
        "GET /\r\n",
        "/ HTTP/1.1\r\n",
        "GET a HTTP/1.1\r\n",
        "GET http://host HTTP/1.1\r\n",
        "G T / HTTP/1.1\r\n",
        "GET /\t HTTP/1.1\r\n",
        "GET / HTTX/1.1\r\n",
        "GET / HTTP/1.1\n",
        "GET / HTTP/1.1\r\n: x\r\n",
        "GET / HTTP/1.1\r\na b: x\r\n",
        "GET / HTTP/1.1\r\na: x\ny\r\n",
        "GET / HTTP/1.1\r\na: \u007f\r\n"
      })
  void headsThatTwoParsersMightReadDifferentlyAreRefused(String text) {
    RequestHead head = new RequestHead(1 << 16, 100);
    assertThatThrownBy(() -> head.read(bytes(text + "\r\n"))).isInstanceOf(BadMessage.class);
  }

  @Test
  void headsAreBounded() {
    RequestHead head = new RequestHead(1024, 5);
    assertThatThrownBy(() -> head.read(bytes("GET /" + "x".repeat(2000))))
        .isInstanceOfSatisfying(BadMessage.class, e -> assertThat(e.status()).isEqualTo(414));
    RequestHead many = new RequestHead(1024, 5);
    assertThatThrownBy(() -> many.read(bytes("GET / HTTP/1.1\r\n" + "a:b\r\n".repeat(6))))
        .isInstanceOfSatisfying(BadMessage.class, e -> assertThat(e.status()).isEqualTo(431));
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK,200,true",
    "HTTP/1.1 200 ,200,true",
    "HTTP/1.1 200,200,true",
    "HTTP/1.0 404 Not Found,404,false"
  })
  void statusLines(String line, int status, boolean keepsAlive) throws BadMessage {
    ResponseHead head = new ResponseHead(1024, 10);
    assertThat(head.read(bytes(line + "\r\n\r\n"))).isTrue();
    assertThat(head.status()).isEqualTo(status);
    assertThat(head.keepsAlive()).isEqualTo(keepsAlive);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 20 OK", "HTTP/1.1 999 X", "HTTP/2 200", "ICY 200 OK", "HTTP/1.1 2000 X"})
  void linesThatAreNoStatusLineAreRefused(String line) {
    ResponseHead head = new ResponseHead(1024, 10);
    assertThatThrownBy(() -> head.read(bytes(line + "\r\n\r\n"))).isInstanceOf(BadMessage.class);
  }
}
