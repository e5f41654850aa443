package io.ergane.proto.image;

import com.dynatrace.hash4j.hashing.Hashing;
import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.RoutingImage;
import io.ergane.proto.generated.image.v1.ImageProto;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.ResourceSet;
import java.util.ArrayList;
import java.util.List;

/** A compilation's image and endpoint tables as resources, and single resources back. */
public final class ImageCodec {
  private ImageCodec() {}

  /** All resources of a compilation; equal images and tables give equal bytes. */
  public static ResourceSet encode(Compilation compilation) {
    List<Resource> resources = image(compilation.image());
    compilation.endpoints().values().forEach(table -> resources.add(encode(table)));
    return ResourceSet.of(resources);
  }

  /** The endpoints of one pool. */
  public static Resource encode(EndpointTable table) {
    return Resource.of(table.pool().toString(), PoolCodec.encode(table));
  }

  private static List<Resource> image(RoutingImage image) {
    List<Resource> resources = new ArrayList<>();
    ImageProto.RouteOrder.Builder order = ImageProto.RouteOrder.newBuilder();
    image
        .routes()
        .forEach(route -> {
          resources.add(Resource.of(route.name().toString(), RouteCodec.encode(route)));
          order.addRoutes(Names.encode(route.name()));
        });
    image
        .pools()
        .values()
        .forEach(
            pool -> resources.add(Resource.of(pool.name().toString(), PoolCodec.encode(pool))));
    image
        .providers()
        .forEach(name ->
            resources.add(Resource.of(name.toString(), ImageProto.Provider.getDefaultInstance())));
    resources.add(Resource.of(ImageTypes.IMAGE, ProfileCodec.encode(image.profile())));
    resources.add(Resource.of(ImageTypes.IMAGE, order.build()));
    resources.add(Resource.of(ImageTypes.IMAGE, head(image.hash(), resources)));
    return resources;
  }

  private static ImageProto.Head head(String hash, List<Resource> resources) {
    long checksum = 0;
    for (Resource resource : resources) {
      checksum += checksum(resource);
    }
    return ImageProto.Head.newBuilder()
        .setImage(hash)
        .setResources(resources.size())
        .setChecksum(checksum)
        .build();
  }

  /** What a resource adds to its image's checksum. */
  static long checksum(Resource resource) {
    return Hashing.xxh3_64()
        .hashCharsToLong(resource.typeUrl() + " " + resource.name() + " " + resource.version());
  }

  /**
   * Reads one resource.
   *
   * @throws Garbled when it is not one of an image, or says what this version cannot honour
   */
  static Part decode(Resource resource) {
    try {
      return read(resource);
    } catch (InvalidProtocolBufferException e) {
      throw new Garbled("it is no message of its type: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new Garbled(String.valueOf(e.getMessage()));
    }
  }

  private static Part read(Resource resource) throws InvalidProtocolBufferException {
    ByteString body = resource.body();
    String name = resource.name();
    return switch (resource.typeUrl()) {
      case ImageTypes.ROUTE -> {
        ImageProto.Route route = message(ImageProto.Route.parser(), body);
        yield new Part.OfRoute(RouteCodec.decode(Names.ofResource(name), route));
      }
      case ImageTypes.POOL -> {
        ImageProto.Pool pool = message(ImageProto.Pool.parser(), body);
        yield new Part.OfPool(PoolCodec.decode(Names.ofResource(name), pool));
      }
      case ImageTypes.PROVIDER -> {
        message(ImageProto.Provider.parser(), body);
        yield new Part.OfProvider(Names.ofResource(name));
      }
      case ImageTypes.ENDPOINTS -> {
        ImageProto.Endpoints endpoints = message(ImageProto.Endpoints.parser(), body);
        yield new Part.OfEndpoints(PoolCodec.decode(Names.ofResource(name), endpoints));
      }
      case ImageTypes.PROFILE, ImageTypes.ROUTE_ORDER, ImageTypes.HEAD -> single(resource);
      default -> throw new Garbled("its type is none of an image's");
    };
  }

  private static Part single(Resource resource) throws InvalidProtocolBufferException {
    if (!resource.name().equals(ImageTypes.IMAGE)) {
      throw new Garbled("it is the only one of its type and its name must be " + ImageTypes.IMAGE);
    }
    ByteString body = resource.body();
    return switch (resource.typeUrl()) {
      case ImageTypes.PROFILE ->
          new Part.OfProfile(ProfileCodec.decode(message(ImageProto.Profile.parser(), body)));
      case ImageTypes.ROUTE_ORDER ->
          new Part.OfRouteOrder(
              message(ImageProto.RouteOrder.parser(), body).getRoutesList().stream()
                  .map(Names::decode)
                  .toList());
      default -> {
        ImageProto.Head head = message(ImageProto.Head.parser(), body);
        yield new Part.OfHead(head.getImage(), head.getResources(), head.getChecksum());
      }
    };
  }

  /** Unknown fields are dropped on the way, so their bytes are missing from the size. */
  private static <M extends Message> M message(Parser<M> parser, ByteString body)
      throws InvalidProtocolBufferException {
    M message = DiscardUnknownFieldsParser.wrap(parser).parseFrom(body);
    if (message.getSerializedSize() != body.size()) {
      throw new Garbled(
          "it has fields that this version does not know; run the control plane and the data"
              + " planes in one version");
    }
    return message;
  }
}
