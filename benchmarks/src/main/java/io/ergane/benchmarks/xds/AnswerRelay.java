package io.ergane.benchmarks.xds;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes one HTTP/2 connection of a node on to a server and notes when the node last sent data,
 * that is a request or an answer, not a frame that keeps the connection going. Nothing passes
 * before {@link #open}.
 */
final class AnswerRelay implements AutoCloseable {
  private static final int PREFACE = 24;
  private static final int FRAME_HEADER = 9;
  private static final int DATA = 0;

  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final int server;
  private final CountDownLatch opened = new CountDownLatch(1);
  private final AtomicLong answers = new AtomicLong();
  private volatile long answeredNanos;
  private volatile long passedNanos = System.nanoTime();

  /**
   * @param server a port of this machine
   */
  AnswerRelay(int server) throws IOException {
    this.server = server;
    Thread.ofPlatform().daemon().start(this::serve);
  }

  int port() {
    return listener.getLocalPort();
  }

  void open() {
    opened.countDown();
  }

  /** Data frames of the node so far. */
  long answers() {
    return answers.get();
  }

  /** When the last of them came. */
  long answeredNanos() {
    return answeredNanos;
  }

  /** When anything last passed, in either direction. */
  long passedNanos() {
    return passedNanos;
  }

  private void serve() {
    try (Socket node = listener.accept();
        Socket target = new Socket()) {
      opened.await();
      target.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
      target.setTcpNoDelay(true);
      node.setTcpNoDelay(true);
      Thread.ofPlatform().daemon().start(() -> responses(target, node));
      requests(new DataInputStream(node.getInputStream()), target.getOutputStream());
    } catch (IOException _) {
      // The run is over.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void responses(Socket from, Socket to) {
    byte[] bytes = new byte[1 << 18];
    try {
      InputStream in = from.getInputStream();
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        to.getOutputStream().write(bytes, 0, count);
        passedNanos = System.nanoTime();
      }
    } catch (IOException _) {
      // The run is over.
    }
  }

  /** Frames of RFC 9113, section 4.1: length in 24 bits, type, flags, stream. */
  private void requests(DataInputStream in, OutputStream out) throws IOException {
    out.write(in.readNBytes(PREFACE));
    byte[] header = new byte[FRAME_HEADER];
    while (true) {
      in.readFully(header);
      int length = (header[0] & 255) << 16 | (header[1] & 255) << 8 | (header[2] & 255);
      byte[] frame = new byte[FRAME_HEADER + length];
      System.arraycopy(header, 0, frame, 0, FRAME_HEADER);
      in.readFully(frame, FRAME_HEADER, length);
      long now = System.nanoTime();
      out.write(frame);
      passedNanos = now;
      if (header[3] == DATA && length > 0) {
        answeredNanos = now;
        answers.incrementAndGet();
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open();
  }
}
