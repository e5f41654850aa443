package io.ergane.testkit.breach;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Code that touches files or the network. */
public final class Outside {
  static final class OldFile {
    boolean touch() {
      return new File("x").exists();
    }
  }

  static final class NewFile {
    String touch(Path path) throws IOException {
      return Files.readString(path);
    }
  }

  static final class Channel {
    long touch(FileChannel channel) throws IOException {
      return channel.size();
    }
  }

  static final class Connection {
    void touch() throws IOException {
      new Socket("localhost", 80).close();
    }
  }

  static final class Name {
    InetAddress touch() throws IOException {
      return InetAddress.getByName("localhost");
    }
  }

  private Outside() {}
}
