package io.ergane.proto.image;

import io.ergane.api.ObjectName;
import io.ergane.proto.generated.image.v1.ImageProto;

/** Names of objects to messages and back, and to resource names and back. */
final class Names {
  private Names() {}

  static ImageProto.Name encode(ObjectName name) {
    return ImageProto.Name.newBuilder().setNamespace(name.namespace()).setName(name.name()).build();
  }

  static ObjectName decode(ImageProto.Name message) {
    return new ObjectName(message.getNamespace(), message.getName());
  }

  /** The object that a resource's name names. */
  static ObjectName ofResource(String name) {
    int slash = name.indexOf('/');
    if (slash < 1 || slash == name.length() - 1 || name.indexOf('/', slash + 1) >= 0) {
      throw new Garbled("its name is not NAMESPACE/NAME");
    }
    return new ObjectName(name.substring(0, slash), name.substring(slash + 1));
  }
}
