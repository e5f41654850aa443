package io.ergane.simulator.http;

import io.netty.buffer.ByteBuf;

/** Writes one answer as a JSON body. */
@FunctionalInterface
interface WholeAnswer {
  void whole(ByteBuf out);
}
