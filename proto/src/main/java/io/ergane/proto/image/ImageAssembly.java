package io.ergane.proto.image;

import io.ergane.api.ObjectName;
import io.ergane.core.compile.Compilation;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RoutingImage;
import io.ergane.core.routing.SchedulingProfile;
import io.ergane.proto.image.Part.OfEndpoints;
import io.ergane.proto.image.Part.OfHead;
import io.ergane.proto.image.Part.OfPool;
import io.ergane.proto.image.Part.OfProfile;
import io.ergane.proto.image.Part.OfProvider;
import io.ergane.proto.image.Part.OfRoute;
import io.ergane.proto.image.Part.OfRouteOrder;
import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts the resources of an image together as they come, in any order. An image is taken when it is
 * whole: the head's count and checksum hold for what is there, and each pool has its endpoints.
 * Until then, and when something is refused, the last whole image stays, and only the endpoints of
 * its pools follow. Confined to one thread.
 */
public final class ImageAssembly {
  private final Map<String, Map<String, Held>> held = new HashMap<>();
  private @Nullable Compilation current;
  private int resources;
  private long checksum;
  private boolean imageChanged;
  private String waitingFor = "the first resources";

  private record Held(Part part, String version, long checksum) {}

  /**
   * A resource that is not taken; what its name stood for before stays.
   *
   * @param problem what was found and what is accepted
   */
  public record Refusal(String typeUrl, String name, String problem) {
    @Override
    public String toString() {
      return "%s %s: %s".formatted(TypeUrl.shortName(typeUrl), name, problem);
    }
  }

  /**
   * What an update led to.
   *
   * @param compilation the new image and endpoints; null when they are what they were
   * @param refusals what was not taken, empty when all was
   */
  public record Outcome(@Nullable Compilation compilation, List<Refusal> refusals) {}

  /** Empty: the first image is taken when it is whole. */
  public ImageAssembly() {
    ImageTypes.ALL.forEach(type -> held.put(type, new HashMap<>()));
  }

  /**
   * Takes changes of one type.
   *
   * @param changed new and changed resources, all of {@code typeUrl}
   * @param removed names of what is gone; unknown ones are fine
   */
  public Outcome update(String typeUrl, Collection<Resource> changed, Collection<String> removed) {
    List<Refusal> refusals = new ArrayList<>();
    if (!held.containsKey(typeUrl)) {
      refusals.add(new Refusal(typeUrl, "*", "its type is none of an image's"));
      return new Outcome(null, refusals);
    }
    removed.forEach(name -> put(typeUrl, name, null));
    for (Resource resource : changed) {
      try {
        if (!resource.typeUrl().equals(typeUrl)) {
          throw new Garbled("it is a " + TypeUrl.shortName(resource.typeUrl()));
        }
        Part part = ImageCodec.decode(resource);
        put(
            typeUrl,
            resource.name(),
            new Held(part, resource.version(), ImageCodec.checksum(resource)));
      } catch (Garbled e) {
        refusals.add(new Refusal(typeUrl, resource.name(), String.valueOf(e.getMessage())));
      }
    }
    return new Outcome(next(refusals), refusals);
  }

  private void put(String typeUrl, String name, @Nullable Held now) {
    Map<String, Held> ofType = of(typeUrl);
    Held before = now == null ? ofType.remove(name) : ofType.put(name, now);
    imageChanged |= !typeUrl.equals(ImageTypes.ENDPOINTS);
    if (typeUrl.equals(ImageTypes.ENDPOINTS) || typeUrl.equals(ImageTypes.HEAD)) {
      return;
    }
    if (before != null) {
      resources--;
      checksum -= before.checksum();
    }
    if (now != null) {
      resources++;
      checksum += now.checksum();
    }
  }

  private Map<String, Held> of(String typeUrl) {
    Map<String, Held> ofType = held.get(typeUrl);
    return ofType == null ? Map.of() : ofType;
  }

  private @Nullable Compilation next(List<Refusal> refusals) {
    RoutingImage image = current == null ? null : current.image();
    boolean tried = imageChanged || image == null;
    RoutingImage whole = tried ? whole(refusals) : null;
    image = whole == null ? image : whole;
    if (image == null) {
      return null;
    }
    Compilation next = new Compilation(image, tables(image), List.of(), Map.of());
    if (current != null
        && current.image().equals(image)
        && current.endpoints().equals(next.endpoints())) {
      return null;
    }
    current = next;
    return next;
  }

  private @Nullable RoutingImage whole(List<Refusal> refusals) {
    waitingFor = missing();
    if (!waitingFor.isEmpty()) {
      return null;
    }
    imageChanged = false;
    OfHead head = head();
    try {
      RoutingImage image = image();
      if (head == null || image.hash().equals(head.image())) {
        return image;
      }
      waitingFor = "an image that this version understands";
      refusals.add(
          new Refusal(
              ImageTypes.HEAD,
              ImageTypes.IMAGE,
              "the resources make image %s here and %s in the control plane; run both in one version"
                  .formatted(image.hash(), head.image())));
    } catch (Garbled e) {
      waitingFor = "resources that fit together";
      refusals.add(new Refusal(ImageTypes.HEAD, ImageTypes.IMAGE, String.valueOf(e.getMessage())));
    }
    return null;
  }

  private String missing() {
    OfHead head = head();
    if (head == null) {
      return "the head of an image";
    }
    if (head.resources() != resources || head.checksum() != checksum) {
      return "the resources of image %s: %d are here, %d are the image, and their checksums differ"
          .formatted(head.image(), resources, head.resources());
    }
    for (String pool : of(ImageTypes.POOL).keySet()) {
      if (!of(ImageTypes.ENDPOINTS).containsKey(pool)) {
        return "the endpoints of pool " + pool;
      }
    }
    return "";
  }

  private @Nullable OfHead head() {
    Held head = of(ImageTypes.HEAD).get(ImageTypes.IMAGE);
    return head == null ? null : (OfHead) head.part();
  }

  private RoutingImage image() {
    List<Pool> pools = new ArrayList<>();
    of(ImageTypes.POOL).values().forEach(held -> pools.add(((OfPool) held.part()).pool()));
    TreeSet<ObjectName> providers = new TreeSet<>();
    of(ImageTypes.PROVIDER)
        .values()
        .forEach(held -> providers.add(((OfProvider) held.part()).name()));
    Held profile = of(ImageTypes.PROFILE).get(ImageTypes.IMAGE);
    return new RoutingImage(
        routes(),
        pools,
        providers,
        profile == null ? SchedulingProfile.DEFAULT : ((OfProfile) profile.part()).profile());
  }

  private List<Route> routes() {
    Held order = of(ImageTypes.ROUTE_ORDER).get(ImageTypes.IMAGE);
    List<ObjectName> names = order == null ? List.of() : ((OfRouteOrder) order.part()).routes();
    List<Route> routes = new ArrayList<>(names.size());
    for (ObjectName name : names) {
      Held route = of(ImageTypes.ROUTE).get(name.toString());
      if (route == null) {
        throw new Garbled("the order of routes names %s, which is not there".formatted(name));
      }
      routes.add(((OfRoute) route.part()).route());
    }
    if (new HashSet<>(names).size() != of(ImageTypes.ROUTE).size()) {
      throw new Garbled("the order of routes does not name each route once");
    }
    return routes;
  }

  /** Endpoints that are gone before their pool is gone stay until then. */
  private SortedMap<ObjectName, EndpointTable> tables(RoutingImage image) {
    TreeMap<ObjectName, EndpointTable> tables = new TreeMap<>();
    for (ObjectName pool : image.pools().keySet()) {
      Held now = of(ImageTypes.ENDPOINTS).get(pool.toString());
      EndpointTable before = current == null ? null : current.endpoints().get(pool);
      if (now != null) {
        tables.put(pool, ((OfEndpoints) now.part()).table());
      } else if (before != null) {
        tables.put(pool, before);
      }
    }
    return tables;
  }

  /** The last whole image with its endpoints; null before the first. */
  public @Nullable Compilation current() {
    return current;
  }

  /** What is still missing for the newest image; empty when it is in force. */
  public String waitingFor() {
    return waitingFor;
  }

  /** Name to version of what is held of a type: what a new stream need not send again. */
  public Map<String, String> versions(String typeUrl) {
    Map<String, String> versions = new HashMap<>();
    of(typeUrl).forEach((name, held) -> versions.put(name, held.version()));
    return versions;
  }
}
