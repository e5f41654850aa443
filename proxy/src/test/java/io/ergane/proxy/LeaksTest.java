package io.ergane.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The watch that all tests of this package stand on sees a buffer that is lost. */
class LeaksTest {
  @Test
  void aLostBufferIsFound() {
    Leaks.watch();
    lose();

    List<String> seen = new ArrayList<>();
    await()
        .until(() -> {
          System.gc();
          ByteBufAllocator.DEFAULT.directBuffer(16).release();
          seen.addAll(Leaks.take());
          return !seen.isEmpty();
        });
    assertThat(seen.getFirst()).contains("ByteBuf");
  }

  private static void lose() {
    ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(16);
    lost.writeByte(1);
  }
}
