package io.ergane.proxy;

import io.ergane.dataplane.net.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What a server takes of its machine beside event loops. Thread-safe.
 *
 * @param slowWork runs what would hold an event loop up; refuses with a {@link
 *     java.util.concurrent.RejectedExecutionException} when too much waits
 * @param sockets makes unconnected sockets for a loop
 * @param closing stops the threads
 */
record Machine(
    AddressLookup addresses,
    Executor slowWork,
    Function<EventLoop, ChannelFactory<? extends Channel>> sockets,
    Runnable closing) {
  private static final int THREADS = 2;
  private static final int WAITING = 256;

  static Machine open() {
    AddressLookup addresses = new AddressLookup();
    ThreadPoolExecutor slowWork =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("slow-work-", 0).factory());
    slowWork.allowCoreThreadTimeOut(true);
    return new Machine(
        addresses,
        slowWork,
        loop -> new ReflectiveChannelFactory<>(EventLoops.socketType(loop)),
        () -> {
          addresses.close();
          slowWork.shutdown();
        });
  }

  void close() {
    closing.run();
  }
}
