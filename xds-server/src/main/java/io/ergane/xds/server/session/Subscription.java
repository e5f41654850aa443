package io.ergane.xds.server.session;

import io.ergane.proto.resource.Resource;
import io.ergane.proto.resource.TypeUrl;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One type on one stream: what the node wants of it, has of it, and must get next.
 *
 * <p>At most one response is unanswered at a time, so that a node that is slow gets the newest
 * state when it is ready and nothing in between. A name is <i>due</i> when what the node has may
 * differ from what is published; only due names are looked at. What a node rejected counts as sent:
 * the same content does not go out again.
 *
 * <p>Of a node that begins with nothing everything is due, which is not noted name by name: it goes
 * out as one {@link Selection}, which nodes that ask for the same share.
 */
final class Subscription {
  private final String typeUrl;
  private final Phase phase;
  private final boolean delta;

  /** Whether each response holds everything that the node wants. */
  private final boolean whole;

  /**
   * Size at which a response is cut that need not be whole; a single larger resource goes alone.
   */
  private final int responseBytes;

  private final Interest interest;
  private final Rejections rejections = new Rejections();
  private final Known known = new Known(rejections);
  private final DueNames due;
  private final Offer offer;

  /** Resources that the node said it has when it began. */
  private final int versionCount;

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
    // Sent again, a secret that it rejected is acknowledged by Envoy: none may need a trial.
    this.responseBytes = typeUrl.equals(TypeUrl.SECRET) ? 0 : responseBytes;
    this.interest = new Interest(phase);
    this.offer = new Offer(state, whole);
    this.due = new DueNames(interest, offer, nowNanos);
    this.versionCount = first instanceof Request.Delta came ? came.versions().size() : 0;
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
    if (known.isEmpty()) {
      due.addAll();
    } else {
      change.added().stream()
          .filter(name -> !known.knows(name))
          .forEach(name -> due.add(name, nowNanos));
      if (change.all()) {
        state.resources().values().stream()
            .filter(resource -> !known.wasSent(resource))
            .forEach(resource -> due.add(resource.name(), nowNanos));
      }
    }
  }

  private void rememberedByNode(String name, String version, long nowNanos) {
    if (!interest.contains(name)) {
      return;
    }
    known.claimed(name, version);
    Resource resource = offer.newest().get(name);
    if (resource == null || !resource.version().equals(version)) {
      due.add(name, nowNanos);
    }
  }

  /** Takes over what is published now. */
  void advance(TypeState next, long nowNanos) {
    boolean idle = due.isEmpty();
    due.changed(offer.advance(next, known::knows), idle, nowNanos);
  }

  /** Takes over where to look for what {@link #advance the newest state} no longer has. */
  void fallBackTo(TypeState next, long nowNanos) {
    boolean idle = due.isEmpty();
    due.changed(offer.fallBackTo(next), idle, nowNanos);
  }

  /** Sends {@code name} again even if the node has its version, provided it was sent at all. */
  void repeat(String name, long nowNanos) {
    if (known.sent(name) != null) {
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
        ackedVersion = answered.version();
        known.acknowledge(answered, interest.names());
      } else {
        if (due.isEmpty()) {
          due.restart(nowNanos);
        }
        known.reject(answered, request.error(), whole, interest.names());
      }
    }
    if (current || request instanceof Request.Delta || request.nonce().isEmpty()) {
      want(request, nowNanos);
    }
    return answered;
  }

  private void want(Request request, long nowNanos) {
    if (!interest.mayChange(request)) {
      return;
    }
    due.note();
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
      known.retain(names);
      due.retain(names);
      offer.retain(names);
    }
  }

  /**
   * Who subscribes again, or drops a name that a wildcard still covers, is told where it stands.
   */
  private void tellAgain(String name, long nowNanos) {
    if (known.knows(name)) {
      known.tellAgain(name);
      due.force(name, nowNanos);
    } else {
      due.add(name, nowNanos);
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
    Selection everything = due.everything(whole ? Long.MAX_VALUE : responseBytes);
    if (everything != null) {
      return pushFirst(everything, nonce, nowNanos);
    }
    due.note();
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
      known.begin(newest.all().versions(), true);
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
      if (resource == null) {
        collectAbsent(name, removals, removed);
      } else if (known.wasSent(resource) && !due.isForced(name)) {
        due.done(name);
      } else {
        bytes += resource.body().size();
        if (!whole && bytes > responseBytes && !changed.isEmpty()) {
          return;
        }
        changed.add(resource);
      }
    }
  }

  private void collectAbsent(String name, boolean removals, List<String> removed) {
    if (known.sent(name) != null && (delta || whole)) {
      if (removals) {
        removed.add(name);
      }
    } else if (delta && interest.names().contains(name) && !known.wasToldAbsent(name)) {
      removed.add(name);
    } else {
      known.forget(name);
      due.done(name);
      offer.release(name);
    }
  }

  private @Nullable Push pushFirst(Selection everything, String nonce, long nowNanos) {
    due.clear();
    List<String> absent = delta ? everything.absent() : List.of();
    if (everything.resources().isEmpty() && absent.isEmpty() && !answerOwed) {
      return null;
    }
    known.begin(everything.versions(), false);
    absent.forEach(known::sendAbsence);
    List<Resource> all = everything.resources();
    return respond(all, all, absent, everything, nonce, nowNanos);
  }

  private Push push(List<Resource> changed, List<String> removed, String nonce, long nowNanos) {
    for (Resource resource : changed) {
      due.done(resource.name());
      known.send(resource);
    }
    for (String name : removed) {
      due.done(name);
      known.sendAbsence(name);
      offer.release(name);
    }
    List<Resource> carried = whole ? offer.everything(interest) : changed;
    return respond(carried, changed, removed, null, nonce, nowNanos);
  }

  private Push respond(
      List<Resource> carried,
      List<Resource> changed,
      List<String> removed,
      @Nullable Selection first,
      String nonce,
      long nowNanos) {
    boolean newest = !whole || (interest.isAll() && offer.isNewestAlone());
    String version = newest ? offer.newest().version() : TypeState.versionOf(carried);
    answerOwed = false;
    lastNonce = nonce;
    inFlight = new InFlight(nonce, version, changed, removed, first, due.sinceNanos(), nowNanos);
    due.restart(nowNanos);
    return new Push(typeUrl, delta, version, nonce, carried, delta ? removed : List.of());
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

  /** The same once {@code request} is taken. */
  int nameCountAfter(Request request) {
    return interest.nameCountAfter(request);
  }

  int versionCount() {
    return versionCount;
  }

  boolean isWildcard() {
    return interest.isAll();
  }

  boolean wants(String name) {
    return interest.contains(name);
  }

  /** Names of which the node may not have what is published. */
  DueNames due() {
    return due;
  }

  /** Whether what goes to the node next, which has nothing, has every name of a state. */
  boolean beginsWith(TypeState state) {
    Selection everything = due.everything(responseBytes);
    return everything != null && everything.hasAllNamesOf(state);
  }

  /**
   * Whether the node was told all there is of {@code name}; once nothing is in flight, it answered.
   */
  boolean isSettled(String name) {
    return known.knows(name) && !due.contains(name) && !rejections.isTrying();
  }

  /** Whether a request after the first may ask for something else than those before it. */
  boolean mayChange(Request request) {
    return interest.mayChange(request);
  }

  /** Whether the node was told nothing yet. */
  boolean hasNothing() {
    return known.isEmpty();
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
    int size = known.size();
    return new SubscriptionStatus(
        typeUrl,
        delta,
        interest.isAll(),
        size,
        live && !answerOwed ? offer.newest().version() : ackedVersion,
        inFlight == null ? null : inFlight.version(),
        live,
        rejections.names(),
        size <= maxVersions ? known.acked() : Collections.emptySortedMap());
  }
}
