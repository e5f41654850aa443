package io.ergane.extproc.wire;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy's metadata says of endpoints (Endpoint Picker Protocol of the Gateway API Inference
 * Extension): the subset to choose from, and the one that served.
 */
final class EndpointHints {
  private static final String SUBSET_NAMESPACE = "envoy.lb.subset_hint";
  private static final String SUBSET = "x-gateway-destination-endpoint-subset";
  private static final String SERVED_NAMESPACE = "envoy.lb";
  private static final String SERVED = "x-gateway-destination-endpoint-served";
  private static final int FILTER_METADATA = 1;
  private static final int STRUCT_FIELDS = 1;
  private static final int STRING_VALUE = 3;
  private static final int LIST_VALUE = 6;

  @Nullable Set<String> subset;
  @Nullable String served;

  void clear() {
    subset = null;
    served = null;
  }

  /** Reads {@code Metadata}, the present field of the reader. */
  void read(WireReader in) throws MalformedMessage {
    int metadata = in.enter();
    while (in.next()) {
      if (in.field() == FILTER_METADATA) {
        namespace(in);
      }
    }
    in.leave(metadata);
  }

  private void namespace(WireReader in) throws MalformedMessage {
    boolean ofSubset = false;
    boolean ofServed = false;
    int entry = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        ofSubset = in.is(SUBSET_NAMESPACE);
        ofServed = in.is(SERVED_NAMESPACE);
      } else if (in.field() == 2 && (ofSubset || ofServed)) {
        struct(in, ofSubset);
      }
    }
    in.leave(entry);
  }

  private void struct(WireReader in, boolean ofSubset) throws MalformedMessage {
    int fields = in.enter();
    while (in.next()) {
      if (in.field() == STRUCT_FIELDS) {
        member(in, ofSubset);
      }
    }
    in.leave(fields);
  }

  private void member(WireReader in, boolean ofSubset) throws MalformedMessage {
    boolean wanted = false;
    int entry = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        wanted = in.is(ofSubset ? SUBSET : SERVED);
        if (wanted && ofSubset) {
          subset = new HashSet<>();
        }
      } else if (in.field() == 2 && wanted) {
        value(in, ofSubset);
      }
    }
    in.leave(entry);
  }

  private void value(WireReader in, boolean ofSubset) throws MalformedMessage {
    int content = in.enter();
    while (in.next()) {
      if (in.field() == STRING_VALUE) {
        take(in.text(), ofSubset);
      } else if (in.field() == LIST_VALUE) {
        list(in, ofSubset);
      }
    }
    in.leave(content);
  }

  private void list(WireReader in, boolean ofSubset) throws MalformedMessage {
    int values = in.enter();
    while (in.next()) {
      value(in, ofSubset);
    }
    in.leave(values);
  }

  private void take(String text, boolean ofSubset) {
    if (!ofSubset) {
      served = text;
      return;
    }
    Set<String> endpoints = subset;
    if (endpoints != null) {
      for (String endpoint : text.split(",")) {
        if (!endpoint.isBlank()) {
          endpoints.add(endpoint.strip());
        }
      }
    }
  }
}
