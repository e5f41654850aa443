package io.ergane.core.compile;

import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.Observed.Sighting;
import io.ergane.core.routing.EndpointTable;
import io.ergane.core.routing.Pool;
import io.ergane.core.routing.Route;
import io.ergane.core.routing.RoutingImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A compilation under construction. Confined to one call of {@link ImageCompiler#compile}. */
final class Draft {
  final Observed observed;
  final Compilation previous;

  /** The sighting that speaks for each object. */
  final List<Sighting> elected = new ArrayList<>();

  /** Subjects of the objects that are there but have no form that could be in effect. */
  final Set<String> withoutForm = new TreeSet<>();

  final SortedMap<ObjectName, Pool> pools = new TreeMap<>();
  final TreeSet<ObjectName> providers = new TreeSet<>();
  final List<Route> routes = new ArrayList<>();
  final SortedMap<ObjectName, EndpointTable> endpoints = new TreeMap<>();

  private final List<Declared<Resource>> declared = new ArrayList<>();
  private final List<Diagnostic> diagnostics;

  Draft(Observed observed, Compilation previous) {
    this.observed = observed;
    this.previous = previous;
    this.diagnostics = new ArrayList<>(observed.diagnostics());
  }

  /** An object in the form that is in effect, and the sighting that it rests on. */
  record Declared<R extends Resource>(Sighting sighting, R resource) {
    ObjectName name() {
      return sighting.name();
    }
  }

  void declare(Sighting sighting, Resource resource) {
    declared.add(new Declared<>(sighting, resource));
  }

  <R extends Resource> List<Declared<R>> declared(Class<R> kind) {
    List<Declared<R>> matching = new ArrayList<>();
    for (Declared<Resource> each : declared) {
      if (kind.isInstance(each.resource)) {
        matching.add(new Declared<>(each.sighting, kind.cast(each.resource)));
      }
    }
    return matching;
  }

  /** The pool of a ModelServer that is in effect. */
  Pool pool(ObjectName name) {
    Pool pool = pools.get(name);
    if (pool == null) {
      throw new IllegalStateException("ModelServer " + name + " has no pool");
    }
    return pool;
  }

  void error(Sighting subject, String code, String field, String message) {
    tell(Severity.ERROR, subject, code, field, message);
  }

  void warn(Sighting subject, String code, String field, String message) {
    tell(Severity.WARNING, subject, code, field, message);
  }

  private void tell(
      Severity severity, Sighting subject, String code, String field, String message) {
    String text = field.isEmpty() ? message : field + ": " + message;
    diagnostics.add(
        new Diagnostic(severity, code, subject.subject(), subject.sourceOf(field), text));
  }

  Compilation finish() {
    RoutingImage image = new RoutingImage(routes, pools.values(), providers, observed.profile());
    RoutingImage kept = image.equals(previous.image()) ? previous.image() : image;
    Map<String, Resource> inForce = new HashMap<>();
    declared.forEach(each -> inForce.put(each.sighting.subject(), each.resource));
    return new Compilation(kept, endpoints, diagnostics, inForce);
  }
}
