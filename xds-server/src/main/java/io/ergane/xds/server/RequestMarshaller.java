package io.ergane.xds.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.ergane.xds.server.session.Names;
import io.ergane.xds.server.session.Request;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Reads one form of discovery requests. Names of resources, of which there can be thousands, are
 * read apart from the rest, so that they are decoded once for all nodes that ask for the same.
 *
 * @param <B> builds the message
 */
final class RequestMarshaller<B extends Message.Builder>
    implements MethodDescriptor.Marshaller<NodeRequest> {
  private static final int MAX_ERROR_LENGTH = 4096;

  /** The tag, in both forms, of names that are asked for: field 3, length-delimited. */
  static final int NAMES = DiscoveryRequest.RESOURCE_NAMES_FIELD_NUMBER << 3 | 2;

  private final NameLists lists;
  private final Supplier<B> builder;
  private final BiFunction<B, Names, NodeRequest> reader;

  private RequestMarshaller(
      NameLists lists, Supplier<B> builder, BiFunction<B, Names, NodeRequest> reader) {
    this.lists = lists;
    this.builder = builder;
    this.reader = reader;
  }

  static RequestMarshaller<DiscoveryRequest.Builder> ofTheStateOfTheWorld(NameLists lists) {
    return new RequestMarshaller<>(lists, DiscoveryRequest::newBuilder, RequestMarshaller::whole);
  }

  static RequestMarshaller<DeltaDiscoveryRequest.Builder> ofDeltas(NameLists lists) {
    return new RequestMarshaller<>(
        lists, DeltaDiscoveryRequest::newBuilder, RequestMarshaller::delta);
  }

  private static NodeRequest whole(DiscoveryRequest.Builder message, Names names) {
    return new NodeRequest(
        message.getNode(),
        new Request.Whole(
            message.getTypeUrl(),
            message.getVersionInfo(),
            message.getResponseNonce(),
            message.hasErrorDetail() ? error(message.getErrorDetail()) : null,
            with(names, message.getResourceNamesList())));
  }

  private static NodeRequest delta(DeltaDiscoveryRequest.Builder message, Names names) {
    return new NodeRequest(
        message.getNode(),
        new Request.Delta(
            message.getTypeUrl(),
            message.getResponseNonce(),
            message.hasErrorDetail() ? error(message.getErrorDetail()) : null,
            with(names, message.getResourceNamesSubscribeList()),
            message.getResourceNamesUnsubscribeList(),
            message.getInitialResourceVersionsMap()));
  }

  private static String error(Status status) {
    String message = status.getMessage();
    return message.length() <= MAX_ERROR_LENGTH ? message : message.substring(0, MAX_ERROR_LENGTH);
  }

  @Override
  public InputStream stream(NodeRequest request) {
    throw new UnsupportedOperationException("a server does not write requests");
  }

  @Override
  public NodeRequest parse(InputStream stream) {
    try {
      return parse(bytes(stream));
    } catch (IOException e) {
      throw io.grpc.Status.INTERNAL
          .withDescription("the request is not a discovery request")
          .withCause(e)
          .asRuntimeException();
    }
  }

  private static byte[] bytes(InputStream stream) throws IOException {
    if (!(stream instanceof KnownLength)) {
      return stream.readAllBytes();
    }
    byte[] bytes = new byte[stream.available()];
    stream.readNBytes(bytes, 0, bytes.length);
    return bytes;
  }

  private NodeRequest parse(byte[] bytes) throws IOException {
    int begin = beginOfNames(bytes);
    NameLists.Section section = lists.read(bytes, begin);
    int end = begin + section.length();
    B message = builder.get();
    message.mergeFrom(bytes, 0, begin);
    message.mergeFrom(bytes, end, bytes.length - end);
    return reader.apply(message, section.names());
  }

  /** Where the first name begins; the end when there is none. */
  private static int beginOfNames(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    while (true) {
      int at = in.getTotalBytesRead();
      int tag = in.readTag();
      if (tag == NAMES || tag == 0 || !in.skipField(tag)) {
        return at;
      }
    }
  }

  /** The names together with those that come apart from them in the message. */
  private static Names with(Names names, List<String> others) {
    if (others.isEmpty()) {
      return names;
    }
    List<String> all = new ArrayList<>(others);
    all.addAll(names.named());
    if (names.hasWildcard()) {
      all.add(Names.ALL);
    }
    return Names.of(all);
  }
}
