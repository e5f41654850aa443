package io.ergane.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds the addresses of endpoints; names are looked up away from the event loops. */
@SuppressWarnings("FutureReturnValueIgnored")
final class AddressLookup implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int WAITING = 1024;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().daemon().name("address-lookup-", 0).factory());

  AddressLookup() {
    threads.allowCoreThreadTimeOut(true);
  }

  /** The address that {@code host} spells out, null when it is a name. */
  static @Nullable InetAddress literal(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return address == null ? null : InetAddress.getByAddress(host, address);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Whether {@code host} is an address rather than a name. */
  static boolean isLiteral(String host) {
    return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
  }

  /** Work that is too slow for an event loop. */
  interface Preparation {
    void run() throws IOException;
  }

  /** Looks a name up after some other work; the answer arrives on {@code loop}. */
  Future<InetAddress> find(String host, EventLoop loop, Preparation before) {
    Promise<InetAddress> found = loop.newPromise();
    try {
      threads.execute(() -> {
        try {
          before.run();
          found.trySuccess(InetAddress.getByName(host));
        } catch (IOException | SecurityException e) {
          found.tryFailure(e);
        }
      });
    } catch (RejectedExecutionException e) {
      found.tryFailure(e);
    }
    return found;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
