package io.ergane.benchmarks.xds;

import com.google.protobuf.CodedInputStream;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.ergane.proto.resource.TypeUrl;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * A node that asks for clusters and endpoints, answers every response, and reads no more of it than
 * that takes: it skips over resources.
 */
final class RawNode extends ClientCall.Listener<RawNode.Response> {
  private static final String SERVICE = AggregatedDiscoveryServiceGrpc.SERVICE_NAME;
  private static final int VERSION = 1;
  private static final int TYPE_URL = 4;
  private static final int NONCE = 5;

  /** What a node keeps of a response. */
  record Response(String version, String typeUrl, String nonce, int bytes, long atNanos) {}

  private final boolean delta;
  private final Node node;
  private final List<String> names;
  private final Consumer<Response> responses;
  private final ClientCall<byte[], Response> call;

  /**
   * @param responses called on the network thread for each response
   */
  RawNode(
      Channel channel, String id, boolean delta, List<String> names, Consumer<Response> responses) {
    this.delta = delta;
    this.node = Node.newBuilder().setId(id).setCluster("bench").build();
    this.names = names;
    this.responses = responses;
    String method = delta ? "DeltaAggregatedResources" : "StreamAggregatedResources";
    call =
        channel.newCall(
            MethodDescriptor.<byte[], Response>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, method))
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Skim())
                .build(),
            CallOptions.DEFAULT);
  }

  /** Asks for clusters and endpoints. */
  void start() {
    call.start(this, new Metadata());
    call.request(10);
    ask(TypeUrl.CLUSTER, List.of());
    ask(TypeUrl.ENDPOINT, names);
  }

  private void ask(String type, List<String> wanted) {
    call.sendMessage(
        delta
            ? DeltaDiscoveryRequest.newBuilder()
                .setNode(node)
                .setTypeUrl(type)
                .addAllResourceNamesSubscribe(wanted)
                .build()
                .toByteArray()
            : DiscoveryRequest.newBuilder()
                .setNode(node)
                .setTypeUrl(type)
                .addAllResourceNames(wanted)
                .build()
                .toByteArray());
  }

  void stop() {
    call.cancel("done", null);
  }

  @Override
  public void onMessage(Response response) {
    responses.accept(response);
    call.sendMessage(acknowledgement(response));
    call.request(1);
  }

  private byte[] acknowledgement(Response response) {
    if (delta) {
      return DeltaDiscoveryRequest.newBuilder()
          .setTypeUrl(response.typeUrl())
          .setResponseNonce(response.nonce())
          .build()
          .toByteArray();
    }
    return DiscoveryRequest.newBuilder()
        .setVersionInfo(response.version())
        .setTypeUrl(response.typeUrl())
        .addAllResourceNames(response.typeUrl().equals(TypeUrl.ENDPOINT) ? names : List.of())
        .setResponseNonce(response.nonce())
        .build()
        .toByteArray();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (status.getCode() != Status.Code.CANCELLED) {
      System.err.println("a stream ended: " + status);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException();
    }
  }

  /** Reads the short fields of a response and skips the others. */
  private static final class Skim implements MethodDescriptor.Marshaller<Response> {
    @Override
    public InputStream stream(Response value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Response parse(InputStream stream) {
      try {
        return skim(stream);
      } catch (IOException e) {
        throw Status.INTERNAL.withCause(e).asRuntimeException();
      }
    }

    private static Response skim(InputStream stream) throws IOException {
      int bytes = stream.available();
      String version = "";
      String typeUrl = "";
      String nonce = "";
      for (int tag = stream.read(); tag >= 0; tag = stream.read()) {
        int length = CodedInputStream.readRawVarint32(stream.read(), stream);
        switch (tag >> 3) {
          case VERSION -> version = text(stream, length);
          case TYPE_URL -> typeUrl = text(stream, length);
          case NONCE -> nonce = text(stream, length);
          default -> stream.skipNBytes(length);
        }
      }
      return new Response(version, typeUrl, nonce, bytes, System.nanoTime());
    }

    private static String text(InputStream stream, int length) throws IOException {
      return new String(stream.readNBytes(length), StandardCharsets.UTF_8);
    }
  }
}
