package io.ergane.xds.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.ergane.proto.resource.Resource;
import io.ergane.xds.server.session.Push;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Encodes all of a response but its nonce, so that nodes that need the same share the bytes.
 *
 * <p>Protobuf takes the fields of a message in any order: a response is these bytes and a nonce
 * after them. Field numbers are those of {@code envoy.service.discovery.v3}.
 */
final class Payload {
  private static final int ANY_TYPE_URL = 1;
  private static final int ANY_VALUE = 2;
  private static final int RESPONSE_VERSION = 1;
  private static final int RESPONSE_RESOURCES = 2;
  private static final int RESPONSE_TYPE_URL = 4;

  /** The same number in both forms. */
  private static final int RESPONSE_NONCE = 5;

  private static final int DELTA_RESPONSE_REMOVED = 6;
  private static final int RESOURCE_VERSION = 1;
  private static final int RESOURCE_BODY = 2;
  private static final int RESOURCE_NAME = 3;

  private Payload() {}

  /** The response without its nonce. */
  static byte[] encode(Push push) {
    int size =
        CodedOutputStream.computeStringSize(RESPONSE_VERSION, push.version())
            + CodedOutputStream.computeStringSize(RESPONSE_TYPE_URL, push.typeUrl());
    for (Resource resource : push.resources()) {
      int body = push.delta() ? wrappedSize(resource) : anySize(resource);
      size += messageSize(RESPONSE_RESOURCES, body);
    }
    for (String name : push.removed()) {
      size += CodedOutputStream.computeStringSize(DELTA_RESPONSE_REMOVED, name);
    }
    byte[] bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      write(push, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  private static void write(Push push, CodedOutputStream out) throws IOException {
    out.writeString(RESPONSE_VERSION, push.version());
    out.writeString(RESPONSE_TYPE_URL, push.typeUrl());
    for (Resource resource : push.resources()) {
      if (push.delta()) {
        begin(RESPONSE_RESOURCES, wrappedSize(resource), out);
        out.writeString(RESOURCE_VERSION, resource.version());
        begin(RESOURCE_BODY, anySize(resource), out);
        writeAny(resource, out);
        out.writeString(RESOURCE_NAME, resource.name());
      } else {
        begin(RESPONSE_RESOURCES, anySize(resource), out);
        writeAny(resource, out);
      }
    }
    for (String name : push.removed()) {
      out.writeString(DELTA_RESPONSE_REMOVED, name);
    }
  }

  private static void writeAny(Resource resource, CodedOutputStream out) throws IOException {
    out.writeString(ANY_TYPE_URL, resource.typeUrl());
    out.writeBytes(ANY_VALUE, resource.body());
  }

  private static void begin(int field, int size, CodedOutputStream out) throws IOException {
    out.writeTag(field, 2);
    out.writeUInt32NoTag(size);
  }

  private static int wrappedSize(Resource resource) {
    return CodedOutputStream.computeStringSize(RESOURCE_VERSION, resource.version())
        + messageSize(RESOURCE_BODY, anySize(resource))
        + CodedOutputStream.computeStringSize(RESOURCE_NAME, resource.name());
  }

  private static int anySize(Resource resource) {
    return CodedOutputStream.computeStringSize(ANY_TYPE_URL, resource.typeUrl())
        + CodedOutputStream.computeBytesSize(ANY_VALUE, resource.body());
  }

  private static int messageSize(int field, int size) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(size)
        + size;
  }

  /** The nonce field alone. */
  static byte[] nonce(String nonce) {
    byte[] bytes = new byte[CodedOutputStream.computeStringSize(RESPONSE_NONCE, nonce)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeBytes(RESPONSE_NONCE, ByteString.copyFromUtf8(nonce));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }
}
