package io.ergane.controllers.kubernetes;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;

/**
 * The client library's transport over the JDK's HTTP client, without the thread pool that it gives
 * that client. What the client does between two waits is short and waits for nothing, so it is done
 * by whoever has come to it: the thread that asks, or the one that reads the sockets. That thread
 * never comes to our own code, nor to credentials: these run where answers are waited for, or in
 * the common pool.
 */
final class Transport extends JdkHttpClientFactory {
  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return HttpClient.newBuilder().executor(Runnable::run);
  }
}
