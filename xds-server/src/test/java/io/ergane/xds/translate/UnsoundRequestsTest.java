package io.ergane.xds.translate;

import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.ergane.api.ObjectName;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.TrafficPolicy;
import io.ergane.testkit.EnvoyProcess;
import io.ergane.testkit.NeedsPart;
import io.ergane.testkit.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Envoy answers, with our configuration, to requests that it does not take. */
@NeedsPart(Part.ENVOY)
class UnsoundRequestsTest {
  private static final ObjectName CHAT = new ObjectName("default", "chat");
  private static final int PATIENCE_MILLIS = 20_000;

  @TempDir Path folder;

  @Test
  void theyAreToldInOurShape() throws Exception {
    EnvoySettings settings =
        EnvoySettings.DEFAULT.withListener(new EnvoySettings.Listener("127.0.0.1", 0, null));
    var set =
        EnvoyTranslation.translate(
            Case.image(Case.pool("chat", TrafficPolicy.DEFAULT)),
            new TreeMap<>(Map.of(CHAT, new EndpointTable(CHAT, List.of()))),
            settings);
    String configuration = EnvoyText.yaml(EnvoyText.tree(StaticBootstrap.of(set, 0)));
    String many = "x: y\r\n".repeat(settings.limits().headers() + 1);
    try (EnvoyProcess envoy = EnvoyProcess.start(folder, configuration, "--log-level", "error")) {
      envoy.awaitReady();
      int port = envoy.listener(EnvoyNames.ERGANE);
      String old = answer(port, "POST /v1/chat/completions HTTP/1.0\r\nhost: a\r\n\r\n");
      String garbled = answer(port, "this is no request\r\n\r\n");
      String large = answer(port, "GET /v1/models HTTP/1.1\r\nhost: a\r\n" + many + "\r\n");
      String hostless = answer(port, "GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n");

      String tunnel = answer(port, "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n");
      String upgrade =
          answer(
              port,
              "GET /v1/models HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n");
      String coded =
          answer(
              port,
              "POST /v1/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: gzip\r\n\r\n");

      assertSoftly(softly -> {
        softly
            .assertThat(tunnel)
            .contains(" 405 ", "allow: GET, POST", "\"message\":\"CONNECT is not served");
        softly.assertThat(upgrade).contains(" 403 ", "\"message\":\"Connections are not handed");
        softly.assertThat(coded).contains(" 501 ", "\"message\":\"The transfer-encoding is not");
        softly.assertThat(old).contains(" 426 ", "\"message\":\"HTTP/1.0 is not served");
        softly.assertThat(garbled).contains(" 400 ", "\"message\":\"The request is no sound HTTP");
        softly.assertThat(large).contains(" 431 ", "\"message\":\"The request's headers exceed");
        softly.assertThat(hostless).contains(" 400 ", "\"type\":\"invalid_request_error\"");
      });
    }
  }

  /** All that comes back until the connection is closed. */
  private static String answer(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
