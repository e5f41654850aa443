package io.ergane.controllers.files;

import com.fasterxml.jackson.databind.JsonNode;
import io.ergane.api.Decoded;
import io.ergane.api.Decoding;
import io.ergane.api.Finding;
import io.ergane.api.ObjectName;
import io.ergane.api.Resource;
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
import org.jspecify.annotations.Nullable;

/** The text of one manifest file, decoded. Confined to one call of {@link #decode}. */
final class ManifestText {
  private static final Set<String> KINDS =
      Set.of("ModelRoute", "ModelServer", "ExternalModelProvider", "Pod", "ModelServing");

  private static final String GROUP =
      Resource.NETWORKING_V1ALPHA1.substring(0, Resource.NETWORKING_V1ALPHA1.indexOf('/') + 1);

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
    for (Parsed document : parsed) {
      switch (document) {
        case Parsed.Read(var read) -> manifest.document(read);
        case Parsed.Refused(var line, var problem) ->
            manifest.unattributed(line, "syntax", problem + ". Correct the document.");
      }
    }
    return new Content(manifest.sightings, manifest.diagnostics, manifest.attributed);
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
        if (kind == null || name == null || !KINDS.contains(kind)) {
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
    String accepted =
        "accepted are ModelRoute, ModelServer and ExternalModelProvider of %s, and Pod of v1"
            .formatted(Resource.NETWORKING_V1ALPHA1);
    String found = "found kind %s of %s; %s".formatted(kind, apiVersion, accepted);
    String name = document.root().path("metadata").path("name").asText("");
    if (KINDS.contains(kind) && !name.isEmpty()) {
      String namespace = document.root().path("metadata").path("namespace").asText("default");
      see(
          document,
          kind,
          new ObjectName(namespace, name),
          null,
          List.of(new Finding("apiVersion", found)));
    } else if (KINDS.contains(kind) || apiVersion.startsWith(GROUP)) {
      unattributed(document.lineOf("kind"), "kind-unknown", found + ". Correct the kind.");
    } else {
      tell(Severity.INFO, document.line(), "kind-ignored", found + ". The object is ignored.");
    }
  }

  private void unattributed(int line, String code, String message) {
    attributed = false;
    tell(Severity.ERROR, line, code, message);
  }

  private void tell(Severity severity, int line, String code, String message) {
    diagnostics.add(new Diagnostic(severity, code, file, file + ":" + line, message));
  }
}
