package io.ergane.dataplane.breach;

import io.netty.channel.Channel;

/** Does what nothing on the way to a decision may. */
public final class Talkative {
  long ask(Channel channel) {
    channel.flush();
    Thread.ofVirtual().start(channel::read);
    return System.nanoTime();
  }
}
