package io.ergane.proto.resource;

import com.dynatrace.hash4j.hashing.Hashing;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.util.HexFormat;

/**
 * One xDS resource, encoded once.
 *
 * @param version sixteen hexadecimal digits of the body's XXH3 hash: equal in every process for
 *     equal content
 * @param body the serialized message, map entries in key order
 */
public record Resource(String typeUrl, String name, String version, ByteString body) {

  /** Encodes {@code message}. */
  public static Resource of(String name, Message message) {
    byte[] bytes = Encoding.bytes(message);
    long hash = Hashing.xxh3_64().hashBytesToLong(bytes);
    return new Resource(
        TypeUrl.of(message),
        name,
        HexFormat.of().toHexDigits(hash),
        UnsafeByteOperations.unsafeWrap(bytes));
  }

  public Key key() {
    return new Key(typeUrl, name);
  }

  /** The resource as responses carry it. */
  public Any toAny() {
    return Any.newBuilder().setTypeUrl(typeUrl).setValue(body).build();
  }
}
