package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One type on one stream: what the node wants of it, has of it, and must get next.
 *
 * <p>At most one response is unanswered at a time, so that a node that is slow gets the newest
 * state when it is ready and nothing in between. A name is <i>due</i> when what the node has may
 * differ from what is published; only due names are looked at. What a node rejected counts as sent:
 * the same content does not go out again.
 */
final class Subscription {
  private final String typeUrl;
  private final Phase phase;
  private final boolean delta;

  /** Whether each response holds everything that the node wants. */
  private final boolean whole;

  private final int responseBytes;
  private final Interest interest;
  private final Map<String, Slot> slots = new HashMap<>();
  private final Rejections rejections = new Rejections();
  private final DueNames due;
  private final Offer offer;
  private boolean answerOwed;
  private @Nullable String claimedVersion;
  private @Nullable InFlight inFlight;
  private String lastNonce = "";
  private String ackedVersion = "";

  /** Begins with the node's first request of the type. */
  Subscription(Request first, TypeState state, int responseBytes, long nowNanos) {
    this.typeUrl = first.typeUrl();
    this.phase = Phase.of(typeUrl);
    this.delta = first instanceof Request.Delta;
    this.whole = !delta && phase.responsesAreWhole();
    this.responseBytes = responseBytes;
    this.interest = new Interest(phase);
    this.offer = new Offer(state, whole);
    this.due = new DueNames(nowNanos);
    Interest.Change change = interest.take(first, true);
    switch (first) {
      case Request.Whole request -> {
        ackedVersion = request.version();
        claimedVersion = whole && interest.isAll() ? request.version() : null;
        answerOwed = whole || interest.isAll();
      }
      case Request.Delta request -> {
        ackedVersion = request.versions().isEmpty() ? "" : TypeState.versionOf(request.versions());
        request.versions().forEach((name, version) -> rememberedByNode(name, version, nowNanos));
        answerOwed = interest.isAll() && request.versions().isEmpty();
      }
    }
    change.added().stream()
        .filter(name -> !slots.containsKey(name))
        .forEach(name -> due.add(state.shared(name), nowNanos));
    if (change.all()) {
      state.resources().values().forEach(resource -> dueUnlessSent(resource, nowNanos));
    }
  }

  private void rememberedByNode(String name, String version, long nowNanos) {
    if (!interest.contains(name)) {
      return;
    }
    Resource resource = offer.newest().get(name);
    if (resource != null && resource.version().equals(version)) {
      slots.put(name, new Slot(resource.version()));
    } else {
      slots.put(name, new Slot(version));
      due.add(name, nowNanos);
    }
  }

  private void dueUnlessSent(Resource resource, long nowNanos) {
    Slot slot = slots.get(resource.name());
    if (slot == null || !resource.version().equals(slot.sent)) {
      due.add(resource.name(), nowNanos);
    }
  }

  /** Takes over what is published now. */
  void advance(TypeState next, long nowNanos) {
    markDue(offer.advance(next, slots::containsKey), nowNanos);
  }

  /** Takes over where to look for what {@link #advance the newest state} no longer has. */
  void fallBackTo(TypeState next, long nowNanos) {
    markDue(offer.fallBackTo(next), nowNanos);
  }

  private void markDue(Collection<String> changed, long nowNanos) {
    for (String name : changed) {
      if (interest.contains(name)) {
        due.add(name, nowNanos);
      }
    }
  }

  /** Sends {@code name} again even if the node has its version, provided it was sent at all. */
  void repeat(String name, long nowNanos) {
    Slot slot = slots.get(name);
    if (slot != null && slot.sent != null) {
      due.force(name, nowNanos);
    }
  }

  /**
   * Takes a request after the first.
   *
   * @return the response it answers; null when it answers none, or one that is not the last
   */
  @Nullable InFlight request(Request request, long nowNanos) {
    boolean current = request.nonce().equals(lastNonce);
    InFlight answered = current ? inFlight : null;
    if (answered != null) {
      inFlight = null;
      if (request.error() == null) {
        acknowledge(answered);
      } else {
        reject(answered, request.error(), nowNanos);
      }
    }
    if (current || request instanceof Request.Delta || request.nonce().isEmpty()) {
      want(request, nowNanos);
    }
    return answered;
  }

  private void acknowledge(InFlight answered) {
    ackedVersion = answered.version();
    answered.changed().forEach(this::acknowledge);
    forgetRemoved(answered);
  }

  private void acknowledge(Resource resource) {
    Slot slot = slots.get(resource.name());
    if (slot != null && resource.version().equals(slot.sent)) {
      slot.acked = slot.sent;
      rejections.clear(resource.name());
    }
  }

  private void reject(InFlight answered, String message, long nowNanos) {
    List<String> names = answered.changed().stream().map(Resource::name).toList();
    if (due.isEmpty()) {
      due.restart(nowNanos);
    }
    if (whole) {
      rejections.inseparable(names, message);
      answered.changed().stream()
          .filter(resource -> !rejections.isGuilty(resource.name()))
          .forEach(this::acknowledge);
    } else if (!names.isEmpty()) {
      rejections.separable(names, message);
    }
    forgetRemoved(answered);
  }

  private void forgetRemoved(InFlight answered) {
    for (String name : answered.removed()) {
      Slot slot = slots.get(name);
      if (slot != null && slot.sent == null) {
        slot.acked = null;
        rejections.clear(name);
        if (!interest.names().contains(name)) {
          slots.remove(name);
        }
      }
    }
  }

  private void want(Request request, long nowNanos) {
    Interest.Change change = interest.take(request, false);
    if (change.all()) {
      answerOwed = true;
      offer.newest().resources().keySet().forEach(name -> due.add(name, nowNanos));
    }
    if (delta) {
      change.dropped().forEach(name -> tellAgain(name, nowNanos));
      change.added().forEach(name -> tellAgain(name, nowNanos));
    } else {
      change.added().forEach(name -> due.add(name, nowNanos));
      answerOwed |= whole && !change.added().isEmpty();
    }
    if (change.narrowed() && !interest.isAll()) {
      Set<String> names = interest.names();
      slots.keySet().retainAll(names);
      due.retain(names);
      offer.retain(names);
      rejections.retain(names);
    }
  }

  /**
   * Who subscribes again, or drops a name that a wildcard still covers, is told where it stands.
   */
  private void tellAgain(String name, long nowNanos) {
    Slot slot = slots.get(name);
    if (slot == null) {
      due.add(name, nowNanos);
    } else {
      slot.toldAbsent = false;
      due.force(name, nowNanos);
    }
  }

  /**
   * The response that is due, if any; it then counts as sent.
   *
   * @param removals whether resources that are gone may be taken from the node
   */
  @Nullable Push next(boolean removals, String nonce, long nowNanos) {
    if (inFlight != null) {
      return null;
    }
    if (claimedVersion != null) {
      skipIfCurrent(claimedVersion);
      claimedVersion = null;
    }
    List<Resource> changed = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    while (changed.isEmpty() && rejections.isTrying()) {
      collectTrial(changed);
    }
    if (changed.isEmpty() && !due.isEmpty()) {
      collectDue(removals, changed, removed);
    }
    if (changed.isEmpty() && removed.isEmpty() && !answerOwed) {
      return null;
    }
    return push(changed, removed, nonce, nowNanos);
  }

  /** A node that comes back with the version we would send has nothing to get. */
  private void skipIfCurrent(String version) {
    TypeState newest = offer.newest();
    if (version.equals(newest.version()) && offer.isNewestAlone()) {
      newest.resources().forEach((name, resource) -> slots.put(name, new Slot(resource.version())));
      due.clear();
      answerOwed = false;
      ackedVersion = version;
    }
  }

  private void collectTrial(List<Resource> changed) {
    for (String name : rejections.nextTrial()) {
      Resource resource = interest.contains(name) ? offer.get(name) : null;
      if (resource != null) {
        changed.add(resource);
      }
    }
  }

  private void collectDue(boolean removals, List<Resource> changed, List<String> removed) {
    long bytes = 0;
    for (String name : due.inOrder(offer.newest())) {
      Resource resource = offer.get(name);
      Slot slot = slots.get(name);
      if (resource == null) {
        collectAbsent(name, slot, removals, removed);
      } else if (slot != null && resource.version().equals(slot.sent) && !due.isForced(name)) {
        due.done(name);
      } else {
        bytes += resource.body().size();
        // Sent again, a secret that it rejected is acknowledged by Envoy: none may need a trial.
        boolean full = bytes > responseBytes || typeUrl.equals(TypeUrl.SECRET);
        if (!whole && full && !changed.isEmpty()) {
          return;
        }
        changed.add(resource);
      }
    }
  }

  private void collectAbsent(
      String name, @Nullable Slot slot, boolean removals, List<String> removed) {
    if (slot != null && slot.sent != null && (delta || whole)) {
      if (removals) {
        removed.add(name);
      }
    } else if (delta && interest.names().contains(name) && (slot == null || !slot.toldAbsent)) {
      removed.add(name);
    } else {
      slots.remove(name);
      due.done(name);
      offer.release(name);
      rejections.clear(name);
    }
  }

  private Push push(List<Resource> changed, List<String> removed, String nonce, long nowNanos) {
    for (Resource resource : changed) {
      Slot slot = sending(resource.name());
      slot.sent = resource.version();
      slot.toldAbsent = false;
    }
    for (String name : removed) {
      Slot slot = sending(name);
      slot.sent = null;
      slot.toldAbsent = true;
      offer.release(name);
    }
    List<Resource> carried = whole ? offer.everything(interest) : changed;
    boolean newest = !whole || (interest.isAll() && offer.isNewestAlone());
    String version = newest ? offer.newest().version() : TypeState.versionOf(carried);
    answerOwed = false;
    lastNonce = nonce;
    inFlight = new InFlight(nonce, version, changed, removed, due.sinceNanos(), nowNanos);
    due.restart(nowNanos);
    return new Push(typeUrl, delta, version, nonce, carried, delta ? removed : List.of());
  }

  private Slot sending(String name) {
    due.done(name);
    return slots.computeIfAbsent(name, _ -> new Slot());
  }

  String typeUrl() {
    return typeUrl;
  }

  Phase phase() {
    return phase;
  }

  @Nullable InFlight inFlight() {
    return inFlight;
  }

  int nameCount() {
    return interest.names().size();
  }

  boolean wants(String name) {
    return interest.contains(name);
  }

  /** Names of which the node may not have what is published. */
  Set<String> namesDue() {
    return due.names();
  }

  /**
   * Whether the node was told all there is of {@code name}; once nothing is in flight, it answered.
   */
  boolean isSettled(String name) {
    return slots.containsKey(name) && !due.contains(name) && !rejections.isTrying();
  }

  /** Whether {@code name} is to be sent again. */
  boolean isForced(String name) {
    return due.isForced(name);
  }

  /** Whether the node rejected the content of {@code name} that it was sent last. */
  boolean isRejected(String name) {
    return rejections.isGuilty(name);
  }

  boolean hasRejected() {
    return rejections.any();
  }

  SubscriptionStatus status(int maxVersions) {
    boolean live = inFlight == null && due.isEmpty() && !rejections.any() && !rejections.isTrying();
    SortedMap<String, String> versions = new TreeMap<>();
    if (slots.size() <= maxVersions) {
      slots.forEach((name, slot) -> {
        if (slot.acked != null) {
          versions.put(name, slot.acked);
        }
      });
    }
    return new SubscriptionStatus(
        typeUrl,
        delta,
        interest.isAll(),
        slots.size(),
        live && !answerOwed ? offer.newest().version() : ackedVersion,
        inFlight == null ? null : inFlight.version(),
        live,
        rejections.names(),
        versions);
  }
}
