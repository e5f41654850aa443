package io.ergane.extproc;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A gRPC client that sends beginnings of messages and reads nothing. All of them together must fit
 * into the window of a connection.
 */
final class PartialClient implements AutoCloseable {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int FRAME = 16 << 10;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  private final Socket socket;
  private final DataOutputStream out;
  private int lastStream = -1;

  PartialClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    out = new DataOutputStream(socket.getOutputStream());
    out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    frame(SETTINGS, ACK, 0, new byte[0]);
  }

  /**
   * Opens a stream of the method and sends a part of its first message.
   *
   * @param announced length of the message
   */
  void begin(String method, int announced, int sent) throws IOException {
    lastStream += 2;
    frame(HEADERS, END_HEADERS, lastStream, head(method));
    ByteArrayOutputStream prefix = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(prefix);
    fields.writeByte(0);
    fields.writeInt(announced);
    frame(DATA, 0, lastStream, prefix.toByteArray());
    for (int left = sent; left > 0; left -= FRAME) {
      frame(DATA, 0, lastStream, new byte[Math.min(left, FRAME)]);
    }
    out.flush();
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeInt(payload.length << 8 | type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  private static byte[] head(String method) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    field(block, ":method", "POST");
    field(block, ":scheme", "http");
    field(block, ":path", "/" + method);
    field(block, ":authority", "test");
    field(block, "content-type", "application/grpc");
    field(block, "te", "trailers");
    return block.toByteArray();
  }

  /** A literal without indexing, of a name that is no index either. */
  private static void field(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    block.write(name.length());
    block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
