package io.ergane.controllers.files;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.Finding;
import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
import io.ergane.api.Suggestion;
import io.ergane.controllers.yaml.Document;
import io.ergane.controllers.yaml.Documents;
import io.ergane.controllers.yaml.Parsed;
import io.ergane.core.compile.Diagnostic;
import io.ergane.core.compile.Diagnostic.Severity;
import io.ergane.core.compile.Observed.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The text of one manifest file, decoded. Confined to one call of {@link #decode}. */
final class ManifestText {
  /** Code of the note that an object has no effect where there is no cluster. */
  private static final String CLUSTER_ONLY = "cluster-only";

  private static final SortedMap<String, String> VERSIONS = Decoding.apiVersions();

  /** What the API groups of all kinds but pods end with. */
  private static final String DOMAIN = ".serving.volcano.sh";

  private static final Set<String> ROUTING =
      Set.of("ModelRoute", "ModelServer", "ExternalModelProvider", "Pod");

  private final String file;
  private final List<Sighting> sightings = new ArrayList<>();
  private final List<Diagnostic> diagnostics = new ArrayList<>();
  private boolean attributed = true;

  private ManifestText(String file) {
    this.file = file;
  }

  /**
   * What a file declares.
   *
   * @param attributed whether it is known for every document which objects it declares
   */
  record Content(List<Sighting> sightings, List<Diagnostic> diagnostics, boolean attributed) {
    static final Content EMPTY = new Content(List.of(), List.of(), true);

    Content {
      sightings = List.copyOf(sightings);
      diagnostics = List.copyOf(diagnostics);
    }
  }

  /**
   * Decodes all documents; a {@code List} stands for its items.
   *
   * @param file as the user named it
   */
  static Content decode(String file, String text) {
    ManifestText manifest = new ManifestText(file);
    boolean json = file.toLowerCase(Locale.ROOT).endsWith(".json");
    List<Parsed> parsed =
        json
            ? Documents.json(text, FileLimits.DOCUMENT_NODES)
            : Documents.yaml(text, FileLimits.DOCUMENT_NODES);
    if (parsed.isEmpty()) {
      manifest.empty(text.isBlank());
    }
    for (Parsed document : parsed) {
      switch (document) {
        case Parsed.Read(var read) -> manifest.document(read);
        case Parsed.Refused(var line, var problem) ->
            manifest.unattributed(line, "syntax", problem + ". Correct the document.");
      }
    }
    return new Content(manifest.sightings, manifest.diagnostics, manifest.attributed);
  }

  /** Comments alone are somebody's wish; a file without anything is seldom. */
  private void empty(boolean blank) {
    tell(
        blank ? Severity.WARNING : Severity.INFO,
        1,
        "file-empty",
        (blank ? "the file is empty" : "the file holds comments only")
            + "; accepted are objects in YAML or JSON. Add one, or remove the file.");
  }

  private void document(Document document) {
    JsonNode items = document.root().path("items");
    boolean list = document.root().path("kind").asText("").endsWith("List") && items.isArray();
    if (!list) {
      object(document);
      return;
    }
    document.items("items").forEach(this::object);
  }

  private void object(Document document) {
    switch (Decoding.decode(document.root())) {
      case Decoded.Ok(var resource) ->
          see(document, resource.kind(), resource.name(), resource, List.of());
      case Decoded.Broken(var kind, var name, var findings) -> {
        if (kind == null || name == null || !VERSIONS.containsKey(kind)) {
          anonymous(document, findings);
        } else {
          see(document, kind, name, null, findings);
        }
      }
      case Decoded.Ignored(var apiVersion, var kind) -> foreign(document, apiVersion, kind);
    }
  }

  private void see(
      Document document,
      String kind,
      ObjectName name,
      @Nullable Resource resource,
      List<Finding> findings) {
    boolean plain = kind.equals("Pod") && findings.isEmpty();
    Map<String, Integer> lines = plain ? Map.of() : document.lines();
    String source = file + ":" + document.line();
    sightings.add(new Sighting(kind, name, 0, source, resource, findings, lines));
    if (!ROUTING.contains(kind)) {
      diagnostics.add(
          new Diagnostic(
              Severity.INFO,
              CLUSTER_ONLY,
              kind + " " + name,
              source,
              "is checked and starts nothing: objects of this kind take effect in a Kubernetes"
                  + " cluster. Apply it there."));
    }
  }

  private void anonymous(Document document, List<Finding> findings) {
    for (Finding finding : findings) {
      unattributed(
          document.lineOf(finding.field()),
          "object-unnamed",
          finding + ". An object needs apiVersion, kind and metadata.name.");
    }
  }

  /** An object of another kind; almost ours is taken for a slip of the pen. */
  private void foreign(Document document, String apiVersion, String kind) {
    String found = "found kind %s of %s; accepted are %s".formatted(kind, apiVersion, accepted());
    String name = document.root().path("metadata").path("name").asText("");
    boolean slip = ROUTING.contains(kind) || ours(apiVersion);
    if (slip && VERSIONS.containsKey(kind) && !name.isEmpty()) {
      String namespace = document.root().path("metadata").path("namespace").asText("default");
      see(
          document,
          kind,
          new ObjectName(namespace, name),
          null,
          List.of(new Finding("apiVersion", found)));
    } else if (slip) {
      unattributed(document.lineOf("kind"), "kind-unknown", found + remedy(kind));
    } else {
      tell(Severity.INFO, document.line(), "kind-ignored", found + ". The object is ignored.");
    }
  }

  private static String remedy(String kind) {
    String meant = Suggestion.nearest(kind, VERSIONS.keySet());
    return meant == null ? ". Correct the kind." : ". Did you mean \"" + meant + "\"?";
  }

  private static boolean ours(String apiVersion) {
    return apiVersion.replaceFirst("/.*", "").endsWith(DOMAIN);
  }

  /** The kinds by their API version. */
  private static String accepted() {
    SortedMap<String, List<String>> kinds = new TreeMap<>();
    VERSIONS.forEach(
        (kind, version) -> kinds.computeIfAbsent(version, _ -> new ArrayList<>()).add(kind));
    return kinds.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + " of " + entry.getKey())
        .collect(Collectors.joining("; "));
  }

  private void unattributed(int line, String code, String message) {
    attributed = false;
    tell(Severity.ERROR, line, code, message);
  }

  private void tell(Severity severity, int line, String code, String message) {
    diagnostics.add(new Diagnostic(severity, code, file, file + ":" + line, message));
  }
}
