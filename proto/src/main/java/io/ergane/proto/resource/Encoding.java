package io.ergane.proto.resource;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Messages as bytes that are equal, in every process, for equal messages. */
public final class Encoding {
  private Encoding() {}

  /** The serialized message, map entries in key order. */
  public static ByteString of(Message message) {
    return UnsafeByteOperations.unsafeWrap(bytes(message));
  }

  static byte[] bytes(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
