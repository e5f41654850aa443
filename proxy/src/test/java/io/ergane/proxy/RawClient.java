package io.ergane.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** A client on a raw socket: sends exact bytes, reads answers. */
final class RawClient implements AutoCloseable {
  final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * An answer.
   *
   * @param complete its framing ended properly
   */
  record Answer(int status, String head, String body, boolean complete) {
    String header(String name) {
      for (String line : head.split("\r\n")) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
          return line.substring(colon + 1).strip();
        }
      }
      return "";
    }
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(UTF_8));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  static String post(String path, String body, String... headers) {
    StringBuilder text = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: router\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    text.append("Content-Type: application/json\r\nContent-Length: ");
    return text.append(body.getBytes(UTF_8).length).append("\r\n\r\n").append(body).toString();
  }

  static String chat(String model) {
    return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
  }

  static String streamedChat(String model) {
    return "{\"model\":\""
        + model
        + "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
  }

  String readHead() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed after: " + head.toString(ISO_8859_1));
      }
      head.write(b);
    }
    return head.toString(ISO_8859_1);
  }

  Answer read() throws IOException {
    String head = readHead();
    int status = Integer.parseInt(head.substring(9, 12));
    Answer bare = new Answer(status, head, "", true);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean complete = true;
    String length = bare.header("content-length");
    if (bare.header("transfer-encoding").toLowerCase(Locale.ROOT).equals("chunked")) {
      complete = chunks(body);
    } else if (!length.isEmpty()) {
      byte[] bytes = in.readNBytes(Integer.parseInt(length));
      body.writeBytes(bytes);
      complete = bytes.length == Integer.parseInt(length);
    } else if (status != 204 && status != 304) {
      in.transferTo(body);
    }
    return new Answer(status, head, body.toString(UTF_8), complete);
  }

  private boolean chunks(ByteArrayOutputStream body) throws IOException {
    try {
      while (true) {
        int size = Integer.parseInt(line(), 16);
        body.writeBytes(in.readNBytes(size));
        if (!line().isEmpty()) {
          throw new IOException("a chunk does not end in CRLF");
        }
        if (size == 0) {
          return true;
        }
      }
    } catch (java.io.EOFException | java.net.SocketException e) {
      return false;
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new java.io.EOFException();
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).strip();
  }

  /** Reads what is there, at least one byte. */
  String readSome() throws IOException {
    byte[] some = new byte[65536];
    int read = in.read(some);
    return read < 0 ? "" : new String(some, 0, read, UTF_8);
  }

  /** Whether the peer has closed; waits for it or for a byte. */
  boolean atEnd() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
